using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <content>Statements that put rows into objects and places.</content>
public sealed partial class SqlSession
{
    private async Task<StatementResult> InsertAsync(
        QualifiedName? name,
        string? location,
        IReadOnlyList<Identifier> columns,
        QuerySyntax query,
        IReadOnlyList<OptionSyntax> options,
        StatementAnnotations annotations,
        CancellationToken cancellation)
    {
        IReadOnlyList<TableInput>? followed = await FollowedByAsync(query, cancellation).ConfigureAwait(false);
        if (name is not null)
        {
            SqlObject found = Objects.Find(name) ?? ConsoleOf(name) ?? Objects.Require(name, PlaceOf(name));
            if (columns.Count > 0 && found.Memory is null)
            {
                throw SqlErrors.BadDefinition.Error($"A list of columns is for tables in memory; '{found.Name}' is written by the names of the query's columns.", PlaceOf(columns[0]), "Name the columns in the query: SELECT a AS b.");
            }

            if (followed is not null)
            {
                return JobOf(query, followed, found, annotations, options);
            }

            if (found.Memory is not null)
            {
                return await InsertAsync(found, found.Memory, columns, query, annotations, cancellation).ConfigureAwait(false);
            }

            Endpoint target = found.Target ?? throw SqlErrors.BadDefinition.Error($"'{found.Name}' cannot be written to.", PlaceOf(name));
            return await WriteAsync(query, target, WriteMode.Append, annotations, cancellation).ConfigureAwait(false);
        }

        Dictionary<string, string> with = OptionsOf(options, location!, new ErrorPlace { File = location });
        if (followed is not null)
        {
            var place = new ErrorPlace { File = location };
            Dictionary<string, string> job = RuntimeOptions.Take<StreamJobOptions>(with);
            with["location"] = location!;
            var target = new SqlObject(location!, ObjectKind.Stream) { Target = Resolve(with, ConnectorRole.Target, place, out _), JobOptions = job };
            return JobOf(query, followed, target, annotations, []);
        }

        bool overwrites = with.Remove("write", out string? mode) && mode.Equals("overwrite", StringComparison.OrdinalIgnoreCase);
        with["location"] = location!;
        return await WriteAsync(query, Resolve(with, ConnectorRole.Target, new ErrorPlace { File = location }, out _), overwrites ? WriteMode.Overwrite : WriteMode.Append, annotations, cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a query into a target as a pipeline, with all that a job has.</summary>
    public async Task<StatementResult> WriteAsync(QuerySyntax query, Endpoint target, WriteMode mode, StatementAnnotations annotations, CancellationToken cancellation)
    {
        Pipeline pipeline = Annotated(
            await FollowedByAsync(query, cancellation).ConfigureAwait(false) is { } followed
                ? StreamOf(JobName, query, followed, OwnJob(), []) with { Sink = target, WriteMode = mode, OneEpoch = true }
                : PipelineOf(query, target, mode, annotations.Partitions),
            annotations);
        RunSummary summary = await new PipelineRunner(pipeline).RunAsync(cancellation).ConfigureAwait(false);
        return summary.Error is { } error
            ? throw error
            : StatementResult.Of(summary, $"{Rows(summary.Rows)} written to {string.Join(", ", summary.Objects.Take(3))}{(summary.Objects.Count > 3 ? ", …" : "")}");
    }

    private Pipeline PipelineOf(QuerySyntax query, Endpoint target, WriteMode mode, int? lanes) => new()
    {
        Job = JobName,
        BaseDirectory = baseDirectory,
        Source = QueryConnector.Endpoint(this, query, lanes),
        Sink = target,
        WriteMode = mode,
        OneEpoch = true,
        Failure = new FailureSpec { Strategy = Settings.SkipsBadRows ? FailureStrategy.LogAndContinue : FailureStrategy.FailBatch },
        Threads = 1,
        Time = Time,
    };

    private async Task<StatementResult> InsertAsync(SqlObject target, MemoryTable table, IReadOnlyList<Identifier> columns, QuerySyntax query, StatementAnnotations annotations, CancellationToken cancellation)
    {
        int[] targets = columns.Count == 0
            ? [.. Enumerable.Range(0, table.Schema.Count)]
            : [.. columns.Select(c => table.Schema.IndexOf(c.Text) is var i and >= 0 ? i : throw BindingErrors.UnknownColumnCode.Error($"'{table.Name}' has no column '{c.Text}'{NearestName.Suggest(c.Text, table.Schema.Fields.Select(f => f.Name))}.", PlaceOf(c)))];
        StatementResult result = await QueryAsync(query, annotations, cancellation).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            if (result.Schema!.Count != targets.Length)
            {
                throw SqlErrors.BadDefinition.Error($"The query gives {result.Schema.Count} columns, and {targets.Length} are to be filled.", PlaceOf(query));
            }

            // All of the rows or none: what is read is put in only when it is whole.
            var rows = new List<RecordBatch>();
            try
            {
                await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    using (batch)
                    {
                        rows.Add(Fit(batch, table.Schema, targets, query));
                    }
                }

                long count = rows.Sum(r => (long)r.Length);
                MemoryTable filled = table.With([.. rows]);
                rows.Clear();
                Objects.Set(target with { Memory = filled });
                table.Dispose();
                return StatementResult.Of(Rows(count));
            }
            finally
            {
                rows.ForEach(r => r.Dispose());
            }
        }
    }

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";

    private static RecordBatch Fit(RecordBatch batch, Schema schema, int[] targets, QuerySyntax query)
    {
        var columns = new Column[schema.Count];
        try
        {
            for (int i = 0; i < columns.Length; i++)
            {
                int from = Array.IndexOf(targets, i);
                columns[i] = from < 0 ? Nulls(schema[i].Type, batch.Length) : CastTo(batch[from], schema[i], query);
            }

            return new RecordBatch(schema, batch.Length, columns);
        }
        catch
        {
            foreach (Column? column in columns)
            {
                column?.Dispose();
            }

            throw;
        }
    }

    private static Column CastTo(Column source, Field target, QuerySyntax query)
    {
        CastResult cast = Cast.To(source, target.Type);
        if (cast.Failures.Count > 0)
        {
            cast.Column.Dispose();
            throw ExecutionErrors.CastFailedCode.Error($"Column '{target.Name}': {cast.Failures[0].Message}", PlaceOf(query));
        }

        return cast.Column;
    }

    private static Column Nulls(DataType type, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, rows);
        for (int i = 0; i < rows; i++)
        {
            builder.AppendNull();
        }

        return builder.Build();
    }
}
