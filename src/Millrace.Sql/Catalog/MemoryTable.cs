using Millrace.Columnar;

namespace Millrace.Sql.Catalog;

/// <summary>A table of batches in memory. Each batch is a part of its own, so lanes share them out.</summary>
/// <param name="name">Name for people.</param>
/// <param name="schema">Schema of the batches.</param>
/// <param name="batches">The rows, which the table owns until it is disposed. Nothing reads it then.</param>
public sealed class MemoryTable(string name, Schema schema, params IReadOnlyList<RecordBatch> batches) : ISqlTable, IDisposable
{
    private long _rowsRead;

    public string Name => name;

    public Schema Schema => schema;

    public IReadOnlyList<string> Key { get; init; } = [];

    public bool KeepsLatest { get; init; }

    public string? VersionColumn { get; init; }

    public TableWatermark? Watermark { get; init; }

    /// <summary>The rows; borrowed.</summary>
    public IReadOnlyList<RecordBatch> Batches => batches;

    public long? RowEstimate => batches.Sum(b => (long)b.Length);

    /// <summary>How many rows were handed out, over all scans.</summary>
    public long RowsRead => Interlocked.Read(ref _rowsRead);

    /// <summary>A table of these rows and of others, which are borrowed. This one is still to be disposed.</summary>
    public MemoryTable With(IReadOnlyList<RecordBatch> more)
    {
        // A column that got its first null can be null in all rows.
        var fields = new Schema(schema.Fields.Select((f, i) => new Field(f.Name, f.Type, f.Nullable || more.Any(b => b[i].HasNulls))));
        return new(name, fields, [.. batches.Concat(more).Select(b => new RecordBatch(fields, b.Length, [.. b.Columns.Select(c => c.Share())]))]) { Key = Key, KeepsLatest = KeepsLatest, VersionColumn = VersionColumn, Watermark = Watermark };
    }

    public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation)
        => new(new Scan(this, batches, [.. request.Columns.Select(schema.Require)], request));

    public void Dispose()
    {
        foreach (RecordBatch batch in batches)
        {
            batch.Dispose();
        }
    }

    private sealed class Scan(MemoryTable table, IReadOnlyList<RecordBatch> batches, int[] columns, TableRequest request) : ITableScan
    {
        private readonly PredicateFilter _filter = new(request.Predicates);
        private int _next;

        public Schema Schema { get; } = table.Schema.Select(columns);

        public bool AppliesPredicates => true;

        public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            int number = Interlocked.Increment(ref _next) - 1;
            return new(number < batches.Count ? new Part(this, number) : null);
        }

        public ValueTask DisposeAsync()
        {
            _filter.Dispose();
            return ValueTask.CompletedTask;
        }

        public RecordBatch Read(int number)
        {
            Interlocked.Add(ref table._rowsRead, batches[number].Length);
            using RecordBatch rows = _filter.Apply(batches[number]);
            return rows.Select(columns);
        }
    }

    private sealed class Part(Scan scan, int number) : ITablePart
    {
        private bool _read;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            RecordBatch? batch = _read ? null : scan.Read(number);
            _read = true;
            return new(batch);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
