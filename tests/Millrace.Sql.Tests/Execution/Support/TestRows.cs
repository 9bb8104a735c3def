using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>A source of batches that a test has made, cut into parts; the test keeps the batches.</summary>
internal sealed class TestRows(Schema schema, IReadOnlyList<IReadOnlyList<RecordBatch>> parts) : SourceNode(schema)
{
    public override string Name => "TestRows";

    /// <summary>The rows of a batch in pieces, some of which go into each part.</summary>
    public static TestRows Cut(RecordBatch rows, int pieceRows, int piecesPerPart = 2)
    {
        var parts = new List<IReadOnlyList<RecordBatch>>();
        var part = new List<RecordBatch>();
        for (int at = 0; at < rows.Length; at += pieceRows)
        {
            part.Add(rows.Slice(at, Math.Min(pieceRows, rows.Length - at)));
            if (part.Count == piecesPerPart)
            {
                parts.Add(part);
                part = [];
            }
        }

        if (part.Count > 0)
        {
            parts.Add(part);
        }

        return new TestRows(rows.Schema, parts);
    }

    public void Release()
    {
        foreach (RecordBatch batch in parts.SelectMany(p => p))
        {
            batch.Dispose();
        }
    }

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context) => new(new Source(parts));

    private sealed class Source(IReadOnlyList<IReadOnlyList<RecordBatch>> parts) : IBatchSource
    {
        private int _next = -1;

        public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            int number = Interlocked.Increment(ref _next);
            return new(number < parts.Count ? new Part(number, parts[number]) : null);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Part(int number, IReadOnlyList<RecordBatch> batches) : ITablePart
    {
        private int _next;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation) => new(_next < batches.Count ? batches[_next++].Share() : null);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
