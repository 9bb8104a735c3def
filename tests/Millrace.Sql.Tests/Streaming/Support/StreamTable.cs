using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>A table whose rows a test has in memory, for the batch engine to read at once and for a stream to read bit by bit.</summary>
internal sealed class StreamTable : ISqlTable, IDisposable
{
    private readonly MemoryTable _rows;

    private StreamTable(MemoryTable rows, TableWatermark? watermark)
    {
        _rows = rows;
        Watermark = watermark;
        All = Concat.Batches(rows.Batches);
    }

    public string Name => _rows.Name;

    public Schema Schema => _rows.Schema;

    public TableWatermark? Watermark { get; }

    public IReadOnlyList<string> Key { get; private init; } = [];

    public bool KeepsLatest { get; private init; }

    public string? VersionColumn { get; private init; }

    /// <summary>All rows, in the order in which a stream brings them.</summary>
    public RecordBatch All { get; }

    /// <summary>A table of the rows of a query.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="query">A query without tables; the order of its rows is that of the stream.</param>
    /// <param name="watermark">Column and expression, such as <c>ts</c> and <c>ts - INTERVAL '5' SECOND</c>; null for none.</param>
    public static async Task<StreamTable> OfAsync(string name, string query, (string Column, string Expression)? watermark = null)
    {
        var parsed = (QueryStatement)SqlParser.ParseStatement(new SourceText(query));
        QueryResult result = await SqlEngine.QueryAsync(parsed.Query, new MemoryCatalog(), BuiltInFunctions.Table, new QueryContext { Lanes = 1 }, default);
        var batches = new List<RecordBatch>();
        await foreach (RecordBatch batch in result.Rows)
        {
            batches.Add(batch);
        }

        return Of(name, result.Schema, batches, watermark);
    }

    /// <summary>A table of batches, which it takes over.</summary>
    public static StreamTable Of(string name, Schema schema, IReadOnlyList<RecordBatch> batches, (string Column, string Expression)? watermark = null)
        => new(new MemoryTable(name, schema, batches), watermark is { } w ? new TableWatermark(w.Column, Expression(w.Expression)) : null);

    /// <summary>The same rows with a key, as a table of which each has its latest row or as a stream; this one is not used any more.</summary>
    public StreamTable Keyed(IReadOnlyList<string> key, string? version = null, bool keepsLatest = true)
    {
        All.Dispose();
        return new StreamTable(_rows, Watermark) { Key = key, KeepsLatest = keepsLatest, VersionColumn = version };
    }

    public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation) => _rows.ScanAsync(request, cancellation);

    public void Dispose()
    {
        All.Dispose();
        _rows.Dispose();
    }

    private static ExpressionSyntax Expression(string text)
        => ((SelectSyntax)((QueryStatement)SqlParser.ParseStatement(new SourceText($"SELECT {text}"))).Query.Body).Items[0].Expression;
}
