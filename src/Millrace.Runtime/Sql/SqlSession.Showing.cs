using System.Globalization;
using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sql;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Sql;

/// <summary>Statements that show what there is and how it is done.</summary>
public sealed partial class SqlSession
{
    private async Task<StatementResult> ExplainAsync(ExplainStatement explain, CancellationToken cancellation)
    {
        QuerySyntax query = explain.Statement switch
        {
            QueryStatement q => q.Query,
            InsertStatement insert => insert.Query,
            CreateStatement { Query: { } created } => created,
            _ => throw SqlErrors.NotHere.Error("Only statements with a query have a plan.", PlaceOf(explain.Statement)),
        };
        if (await FollowedByAsync(query, cancellation).ConfigureAwait(false) is { } followed)
        {
            return await ExplainStreamAsync(explain, query, followed, cancellation).ConfigureAwait(false);
        }

        if (explain.Mode == ExplainMode.Watermark)
        {
            throw SqlErrors.NotHere.Error("The query reads only tables that end, and needs no watermark.", PlaceOf(explain), "CREATE STREAM … WITH (follow = 'true') makes a table without an end.");
        }

        bool analyze = explain.Mode == ExplainMode.Analyze;
        var catalog = new SqlCatalog(this, RowErrors(), new WidenedTypes());
        await using (catalog.ConfigureAwait(false))
        {
            string text = await SqlEngine.ExplainAsync(query, catalog, Functions, Context(RowErrors(), cancellation, analyze ? new QueryStatistics() : null), analyze, cancellation).ConfigureAwait(false);
            return Lines(text);
        }
    }

    // A query that runs on is looked at as it stands now: what it has not read yet is not waited for.
    private async Task<StatementResult> ExplainStreamAsync(ExplainStatement explain, QuerySyntax query, IReadOnlyList<TableInput> followed, CancellationToken cancellation)
    {
        ExplainMode mode = explain.Mode;
        StatementAnnotations annotations = StatementAnnotations.Of(explain.Annotations.Count > 0 ? explain : explain.Statement);
        Pipeline pipeline = Annotated(StreamOf("explain", query, followed, new StreamJobOptions(), []), annotations);
        if (mode == ExplainMode.Plan)
        {
            BoundStream bound = await pipeline.Query!.BindAsync(pipeline.Context(Note), new WidenedTypes(), cancellation).ConfigureAwait(false);
            await using (bound.ConfigureAwait(false))
            {
                return Lines(StreamPrinter.Print(bound.Plan));
            }
        }

        (StreamPlan plan, StreamStatus status) = await StreamProbe.RunAsync(pipeline, RowErrors(), cancellation).ConfigureAwait(false);
        return mode == ExplainMode.Analyze
            ? Lines(StreamPrinter.Print(plan, status))
            : Table(["table", "split", "watermark", "standing"], [.. WatermarkReport.Of(status).Select(l => new[] { l.Table, l.Split ?? "", l.Watermark?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) ?? "", l.Standing })]);
    }

    private static StatementResult Lines(string text) => Table(["plan"], [.. text.TrimEnd().Split('\n').Select(l => new[] { l })], isText: true);

    private async Task<StatementResult> DescribeAsync(QuerySyntax query, CancellationToken cancellation)
    {
        RunningQuery running = await StartAsync(query, FailOnRowError.Instance, new WidenedTypes(), cancellation).ConfigureAwait(false);
        await using (running.ConfigureAwait(false))
        {
            return Table(["column", "type", "nullable"], [.. running.Schema.Fields.Select(f => new[] { f.Name, f.Type.ToString(), f.Nullable ? "yes" : "no" })]);
        }
    }

    private async Task<StatementResult> ShowAsync(ShowStatement show, CancellationToken cancellation)
    {
        switch (show.Kind)
        {
            case ShowKind.Tables or ShowKind.Streams or ShowKind.Views:
                ObjectKind kind = show.Kind switch { ShowKind.Streams => ObjectKind.Stream, ShowKind.Views => ObjectKind.View, _ => ObjectKind.Table };
                return Table(["name", "kind"], [.. Objects.All.Where(o => show.Kind == ShowKind.Tables ? o.Kind != ObjectKind.Stream : o.Kind == kind).Where(o => Like(o.Name, show.Like)).Select(o => new[] { o.Name, o.Kind.ToString().ToLowerInvariant() })]);
            case ShowKind.Functions:
                return Table(["function", "kind", "signature", "does"], [.. Functions.All.Where(f => Like(f.Name, show.Like)).Select(f => new[] { f.Name, f.Category.ToString().ToLowerInvariant(), string.Join("; ", f.Signatures), f.Doc })]);
            case ShowKind.Schema when show.Name is { } name:
                var star = new SelectItem(new StarSyntax(null, [], []), null);
                return await DescribeAsync(new QuerySyntax(new SelectSyntax { Items = [star], From = new NamedTable(name) { Span = name.Span } }), cancellation).ConfigureAwait(false);
            case ShowKind.TimeZone:
                return Table(["time_zone"], [[Settings.TimeZone.Id]]);
            default:
                throw SqlErrors.NotHere.Error($"SHOW {show.Kind.ToString().ToUpperInvariant()} needs a server, and this is a session of its own.", PlaceOf(show));
        }
    }

    private StatementResult Set(SetStatement set)
    {
        (string name, string value) = Settings.Set(set.Name, set.Value, PlaceOf(set));
        return StatementResult.Of($"{name} is {value}");
    }

    private static bool Like(string name, string? pattern)
        => pattern is null || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.Replace('%', '*').Replace('_', '?'), name);

    private static StatementResult Table(string[] names, IReadOnlyList<string[]> rows, bool isText = false)
    {
        var schema = new Schema(names.Select(n => new Field(n, DataType.Utf8, nullable: false)));
        var columns = new Column[names.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            using var builder = new BinaryBuilder(DataType.Utf8, rows.Count);
            foreach (string[] row in rows)
            {
                builder.Append(row[i]);
            }

            columns[i] = builder.Build();
        }

        return StatementResult.Of(schema, One(new RecordBatch(schema, rows.Count, columns)), isText);
    }

    private static async IAsyncEnumerable<RecordBatch> One(RecordBatch batch)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return batch;
    }
}
