using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Runtime.Sql;

/// <summary>
/// Runs statements one after the other: queries over files, URLs and the session's own tables, and what makes, shows and
/// writes these. One caller at a time uses it.
/// </summary>
/// <param name="connectors">What locations and <c>WITH (connector = …)</c> can name.</param>
/// <param name="baseDirectory">Folder against which relative paths are resolved.</param>
public sealed partial class SqlSession(ConnectorRegistry connectors, string baseDirectory) : IDisposable
{
    // Each attempt widens a column; more of them than this, and the input has no type.
    private const int MaxWidenings = 64;

    public SqlObjects Objects { get; } = new();

    public SqlSettings Settings { get; } = new();

    /// <summary>The functions that come with the engine, and those that were loaded.</summary>
    public FunctionTable Functions { get; private set; } = BuiltInFunctions.Table;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether statements that run on take their targets over from runs that still hold them.</summary>
    public bool TakesOver { get; set; }

    /// <summary>Folder in which statements that run on keep their state; null for <c>.millrace/state</c> in the folder of relative paths.</summary>
    public string? StateFolder { get; set; }

    /// <summary>Receives remarks of sources: what was sniffed or assumed.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    /// <summary>Receives what a user has to know of a query that runs on before it gives rows.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Rows that were left out since the session began.</summary>
    public BadRowCount BadRows { get; } = new();

    /// <summary>Runs one statement. The rows of a query are computed while they are read.</summary>
    public async Task<StatementResult> ExecuteAsync(StatementSyntax statement, CancellationToken cancellation) => statement switch
    {
        QueryStatement { Query.Body: SelectSyntax { Into: { } into } } query
            => await InsertAsync(into, null, [], query.Query, query.Query.Options, StatementAnnotations.Of(query), cancellation).ConfigureAwait(false),
        QueryStatement query => await QueryAsync(query.Query, StatementAnnotations.Of(query), cancellation).ConfigureAwait(false),
        InsertStatement insert
            => await InsertAsync(insert.Name, insert.Location, insert.Columns, insert.Query, insert.Options, StatementAnnotations.Of(insert), cancellation).ConfigureAwait(false),
        { Annotations.Count: > 0 } and not CreateStatement { Query: not null, Kind: not ObjectKind.View } when StatementAnnotations.Of(statement).Metrics is [var metric, ..]
            => throw SqlErrors.BadDefinition.Error($"The metric '{metric.Name}' stands above a statement that gives no rows.", new ErrorPlace { Offset = metric.Span.Start }, "Put it above a SELECT, INSERT or CREATE … AS."),
        CreateStatement create => await CreateAsync(create, cancellation).ConfigureAwait(false),
        DropStatement drop => Drop(drop),
        ExplainStatement explain => await ExplainAsync(explain, cancellation).ConfigureAwait(false),
        DescribeStatement describe => await DescribeAsync(describe.Query, cancellation).ConfigureAwait(false),
        ShowStatement show => await ShowAsync(show, cancellation).ConfigureAwait(false),
        DescribeFunctionStatement function => DescribeFunction(function),
        LoadStatement load => Load(load),
        SetStatement set => Set(set),
        _ => throw SqlErrors.NotHere.Error("A statement about jobs needs a server, and this is a session of its own.", PlaceOf(statement)),
    };

    /// <summary>Runs one statement to its end and drops its rows.</summary>
    public async Task RunAsync(StatementSyntax statement, CancellationToken cancellation)
    {
        StatementResult result = await ExecuteAsync(statement, cancellation).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            if (result.Job is { } job)
            {
                RunSummary summary = await new PipelineRunner(job).RunAsync(cancellation).ConfigureAwait(false);
                if (summary.Error is { } error)
                {
                    throw error;
                }
            }

            if (result.Rows is not null)
            {
                await foreach (RecordBatch batch in result.Rows.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    batch.Dispose();
                }
            }
        }
    }

    /// <summary>Gives the rows of the session's tables back.</summary>
    public void Dispose()
    {
        foreach (SqlObject made in Objects.All)
        {
            made.Memory?.Dispose();
        }
    }

    /// <summary>Plans a query. The caller disposes what it gets.</summary>
    /// <param name="query">The query.</param>
    /// <param name="errors">Gets its bad rows.</param>
    /// <param name="widened">Types that earlier attempts found too narrow.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="lanes">Threads; null for those of the session.</param>
    /// <param name="target">What its rows are put into, if that has a say in their columns.</param>
    internal async Task<RunningQuery> StartAsync(QuerySyntax query, IRowErrorHandler errors, WidenedTypes widened, CancellationToken cancellation, int? lanes = null, InsertTarget? target = null)
    {
        if (query.Emit == EmitMode.Changes)
        {
            throw SqlErrors.NotHere.Error("EMIT CHANGES is for queries that run on, and this one ends.", PlaceOf(query), "Leave it out: the result is what the changes add up to.");
        }

        var catalog = new SqlCatalog(this, errors, widened);
        try
        {
            QueryResult result = await SqlEngine.QueryAsync(query, catalog, Functions, Context(errors, cancellation) with { Lanes = lanes ?? Settings.Threads }, cancellation, target).ConfigureAwait(false);
            return new RunningQuery(result.Schema, result.Rows, catalog);
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal QueryContext Context(IRowErrorHandler errors, CancellationToken cancellation, QueryStatistics? statistics = null) => new()
    {
        Evaluation = Evaluation(cancellation),
        Lanes = Settings.Threads,
        Memory = new MemoryBudget(Settings.Memory.Bytes),
        SpillFolder = Settings.SpillFolder,
        Statistics = statistics,
        OnRowFaults = new FaultReport(errors).Report,
        Cancellation = cancellation,
    };

    internal EvaluationContext Evaluation(CancellationToken cancellation = default, TimeZoneInfo? zone = null)
        => new() { Now = Time.GetUtcNow(), TimeZone = zone ?? Settings.TimeZone, Seed = Settings.Seed, Cancellation = cancellation };

    /// <summary>What a location is read from.</summary>
    internal TableInput Input(string location, IReadOnlyDictionary<string, string> options, ColumnPlan? columns)
    {
        Location parsed = Location.Parse(location);
        Connector connector = connectors.ForLocation(parsed).Value;
        var written = new StatementOptions(new ErrorPlace { File = location });
        foreach ((string name, string value) in options)
        {
            written.TryAdd(name, value);
        }

        return new TableInput
        {
            Name = $"'{location}'",
            Endpoint = Endpoint.OfLocation(location, ConnectorRole.Source, connectors, SqlOptions.ToMap(written, connector.SourceOptions)),
            Context = new ConnectorContext { Job = "sql", BaseDirectory = baseDirectory, Time = Time, Parallelism = Settings.Threads, Note = Note },
            Columns = columns,
            Errors = FailOnRowError.Instance,
            Widened = new WidenedTypes(),
        };
    }

    /// <summary>
    /// What a location with declared columns is read from: columns are found by their names; where the file has none of
    /// them, they are names for its columns in their order.
    /// </summary>
    internal async ValueTask<TableInput> DeclaredAsync(string location, IReadOnlyDictionary<string, string> options, ColumnPlan columns, CancellationToken cancellation)
    {
        const string names = "columns";
        TableInput input = Input(location, options, columns);
        if (options.ContainsKey(names) || options.ContainsKey($"format.{names}"))
        {
            return input;
        }

        ConnectorTable table = await ConnectorTable.OpenAsync(input with { Columns = null }, cancellation).ConfigureAwait(false);
        await using (table.ConfigureAwait(false))
        {
            if (columns.Outputs.Any(c => table.Schema.IndexOf(c.From) >= 0) || columns.Outputs.Count > table.Schema.Count)
            {
                return input;
            }
        }

        try
        {
            var named = new Dictionary<string, string>(options) { [$"format.{names}"] = string.Join(',', columns.Outputs.Select(c => c.From)) };
            return Input(location, named, columns);
        }
        catch (MillraceException)
        {
            // A format whose columns always have names.
            return input;
        }
    }

    internal static ErrorPlace PlaceOf(SyntaxNode node) => new() { Offset = node.Span.Start };

    private async Task<StatementResult> QueryAsync(QuerySyntax query, StatementAnnotations annotations, CancellationToken cancellation, InsertTarget? target = null)
    {
        if (await FollowedByAsync(query, cancellation).ConfigureAwait(false) is { } followed)
        {
            return await ChangesAsync(query, followed, annotations, cancellation).ConfigureAwait(false);
        }

        var widened = new WidenedTypes();
        for (int attempt = 0; ; attempt++)
        {
            RunningQuery running = await StartAsync(query, RowErrors(), widened, cancellation, annotations.Lanes, target).ConfigureAwait(false);
            RowMetrics? metrics = null;
            try
            {
                metrics = await MetricsOfAsync(annotations, running.Schema, cancellation).ConfigureAwait(false);
                (RecordBatch? first, IAsyncEnumerator<RecordBatch> rest) = await running.BeginAsync(cancellation).ConfigureAwait(false);
                IAsyncEnumerable<RecordBatch> rows = RunningQuery.GoOnAsync(first, rest, cancellation);
                return metrics is null
                    ? StatementResult.Of(running.Schema, rows, running.DisposeAsync)
                    : StatementResult.Of(running.Schema, MeasuredAsync(rows, metrics, CancellationToken.None), () =>
                    {
                        metrics.Dispose();
                        return running.DisposeAsync();
                    });
            }
            catch (InputWidenedException e)
            {
                metrics?.Dispose();
                await running.DisposeAsync().ConfigureAwait(false);
                if (attempt == MaxWidenings)
                {
                    throw RuntimeErrors.TypeNeverSettles.Error($"Column '{e.Widening.Column}' still holds values that do not fit {e.Widening.From}.", e.Widening.Place, inner: e);
                }

                Note($"column '{e.Widening.Column}' is read as {e.Widening.To}: {e.Widening.Place} holds a value that {e.Widening.From} cannot hold");
            }
            catch
            {
                metrics?.Dispose();
                await running.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    internal IRowErrorHandler RowErrors() => Settings.SkipsBadRows ? BadRows : FailOnRowError.Instance;
}
