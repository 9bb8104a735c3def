using System.Globalization;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Sql;

/// <summary>Statements that run on.</summary>
public sealed partial class SqlSession
{
    /// <summary>
    /// The tables without end that a query reads, if it runs on: because there are such, or because the user says so. Null for a
    /// query that ends.
    /// </summary>
    private async Task<IReadOnlyList<TableInput>?> FollowedByAsync(QuerySyntax query, CancellationToken cancellation, InsertTarget? target = null)
    {
        bool wanted = Settings.Streams || query.Emit == EmitMode.Changes;
        if (!Objects.All.Any(o => o.Input?.Follows == true) && !(wanted && target is not null))
        {
            return wanted ? [] : null;
        }

        var catalog = new SqlCatalog(this, FailOnRowError.Instance, new WidenedTypes());
        await using (catalog.ConfigureAwait(false))
        {
            await QueryBinder.BindAsync(query, catalog, Functions, cancellation, target).ConfigureAwait(false);
            TableInput[] followed = [.. catalog.Opened.Where(t => t.IsUnbounded).Select(t => t.Input)];
            return wanted || followed.Length > 0 ? followed : null;
        }
    }

    /// <summary>The jobs that statements would run. Nothing is run and nothing is written.</summary>
    public async Task<IReadOnlyList<Pipeline>> JobsOfAsync(IReadOnlyList<StatementSyntax> statements, CancellationToken cancellation)
    {
        var jobs = new List<Pipeline>();
        foreach (StatementSyntax statement in statements)
        {
            QuerySyntax? query = statement switch
            {
                InsertStatement insert => insert.Query,
                CreateStatement { Kind: not ObjectKind.View, Query: { } created } => created,
                QueryStatement { Query.Body: SelectSyntax { Into: not null } } into => into.Query,
                _ => null,
            };
            bool defines = statement is SetStatement or LoadStatement || (statement is CreateStatement && query is null);
            if (defines || (query is not null && await FollowedByAsync(query, cancellation).ConfigureAwait(false) is not null))
            {
                StatementResult result = await ExecuteAsync(statement, cancellation).ConfigureAwait(false);
                await using (result.ConfigureAwait(false))
                {
                    if (result.Job is { } job)
                    {
                        jobs.Add(job);
                    }
                }
            }
            else if (statement is CreateStatement { Options: [] } table)
            {
                // Its rows are those of its query, whoever computes them.
                Objects.Set(new SqlObject(table.Name.Last.Text, table.Kind) { View = query });
            }
        }

        return jobs;
    }

    // The job itself runs beside those of the other statements.
    private StatementResult JobOf(QuerySyntax query, IReadOnlyList<TableInput> followed, SqlObject target, InsertTarget filled, StreamJobOptions job, WriteMode? asked, StatementAnnotations annotations)
    {
        string named = annotations.Name ?? target.Name;
        string[] key = KeyOf(target, filled);
        Endpoint sink = target.Target ?? throw SqlErrors.BadDefinition.Error($"'{target.Name}' cannot be written to: its options name no target.", PlaceOf(query));

        // Changes are merged as the rows that hold from now on; in another form they are a log, to which rows are added.
        WriteMode mode = asked ?? (job.Changelog is null or ChangelogMode.Upsert ? ModeOf(sink, key) : WriteMode.Append);
        Pipeline pipeline = StreamOf(named, query, followed, job, key, filled, LateOf(job, target, PlaceOf(query))) with
        {
            Sink = sink,
            WriteMode = mode,
            Key = key,
        };
        return StatementResult.Of(Annotated(Contracted(pipeline, job), annotations), $"job {named}");
    }

    // Null where late rows go elsewhere, or nowhere.
    private LateTarget? LateOf(StreamJobOptions job, SqlObject target, ErrorPlace place)
    {
        if (job.LateTable is not { } name)
        {
            return null;
        }

        if (job.LateData != LateRows.SideOutput)
        {
            throw SqlErrors.BadDefinition.Error("late.table is for late.data = 'side output'.", place, "Add it, or leave late.table out.");
        }

        SqlObject found = Objects.Require(new QualifiedName([new Identifier(name)]), place);
        Endpoint late = found.Target ?? throw SqlErrors.BadDefinition.Error($"'{found.Name}' cannot be written to, and late.table names it.", place, $"CREATE TABLE {found.Name} WITH (path = '…/', format = 'csv').");
        return found.Name != target.Name
            ? new LateTarget(found.Name, late, found.Columns)
            : throw SqlErrors.BadDefinition.Error($"The late rows cannot go to '{found.Name}', where the others go.", place, "Give them a table of their own.");
    }

    // The same job as any other, whose target is whoever reads.
    private async Task<StatementResult> ChangesAsync(QuerySyntax query, IReadOnlyList<TableInput> followed, StatementAnnotations annotations, CancellationToken cancellation)
    {
        // The first rows of a result to which rows are only added are enough: reading ends with them.
        if (query is { Limit: LiteralSyntax { Kind: LiteralKind.Integer, Text: var text }, Offset: null, OrderBy: [] } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long most)
            && await ChangesAsync(query with { Limit = null }, most, followed, annotations, cancellation).ConfigureAwait(false) is { } first)
        {
            return first;
        }

        return (await ChangesAsync(query, null, followed, annotations, cancellation).ConfigureAwait(false))!;
    }

    // Null where only the first rows are wanted and rows are taken back.
    private async Task<StatementResult?> ChangesAsync(QuerySyntax query, long? most, IReadOnlyList<TableInput> followed, StatementAnnotations annotations, CancellationToken cancellation)
    {
        Pipeline pipeline = Annotated(StreamOf(JobName, query, followed, OwnJob(), []), annotations);
        BoundStream bound = await pipeline.Query!.BindAsync(pipeline.Context(Note), new WidenedTypes(), cancellation).ConfigureAwait(false);
        await using (bound.ConfigureAwait(false))
        {
            return most is not null && bound.Plan.IsChanges
                ? null
                : StatementResult.OfLive(bound.Encoder.Schema, new LiveRows(pipeline with { OneEpoch = true }, BadRows, Warn, most).ReadAsync(cancellation));
        }
    }

    private StreamJobOptions OwnJob() => new() { Failure = new FailureSpec { Strategy = Settings.SkipsBadRows ? FailureStrategy.LogAndContinue : FailureStrategy.FailBatch } };

    private Pipeline StreamOf(string name, QuerySyntax query, IReadOnlyList<TableInput> followed, StreamJobOptions job, IReadOnlyList<string> key, InsertTarget? target = null, LateTarget? late = null)
    {
        SqlObjects objects = Objects.Snapshot();
        var streaming = new StreamingQuery
        {
            Session = this,
            Objects = objects,
            TimeZone = Settings.TimeZone,
            Query = query,
            Changelog = job.Changelog,
            Key = key,
            Target = target,
            Late = late,
            OnChange = job.StateOnChange,
            Settings = new StreamSettings
            {
                Emit = query.Emit,
                EmitsEveryRecord = job.EmitEveryRecord,
                Late = job.LateData,
                AllowedLateness = job.AllowedLateness,
                StateTimeToLive = job.StateTtl,
                IdleTimeout = followed.Min(i => i.IdleTimeout) ?? new StreamSettings().IdleTimeout,
            },
        };
        Endpoint source = StreamConnector.Endpoint(streaming);
        return new Pipeline
        {
            Job = name,
            BaseDirectory = baseDirectory,
            Source = source,
            Sink = source,
            Query = streaming,
            ReadMode = ReadMode.Incremental,
            Follows = !Settings.Drains && followed.Count > 0,
            Poll = followed.Min(i => i.Poll) ?? TimeSpan.FromSeconds(1),
            Batch = job.Batch,
            LeastGuarantee = job.DeliveryGuarantee ?? DeliveryGuarantee.AtLeastOnce,
            Failure = job.Failure ?? new FailureSpec(),
            Threads = Settings.Threads,
            StateFolder = StateFolder,
            TakesOver = TakesOver,
            Time = Time,
        };
    }
}
