using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// The rows of an epoch as a table that queries read as often as they like: in memory as far as that goes, then in a temporary
/// file. Nothing is added while it is read.
/// </summary>
/// <param name="schema">Columns of the rows.</param>
/// <param name="memory">Bytes of rows that are kept in memory.</param>
internal sealed class KeptRows(Schema schema, long memory = KeptRows.DefaultMemory) : ISqlTable, IDisposable
{
    private const long DefaultMemory = 32 << 20;

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "millrace");

    private readonly List<RecordBatch> _batches = [];
    private readonly List<long> _blocks = [];
    private SpillFile? _file;
    private long _bytes;
    private long _rows;

    public string Name => "rows";

    public Schema Schema => schema;

    public long? RowEstimate => _rows;

    /// <summary>Adds the rows of a batch, which is borrowed and holds no dictionaries.</summary>
    public void Add(RecordBatch batch)
    {
        _rows += batch.Length;
        if (_file is null && _bytes + batch.ByteSize <= memory)
        {
            _bytes += batch.ByteSize;
            _batches.Add(batch.Share());
            return;
        }

        _file ??= new SpillFile(Folder, schema);
        _blocks.Add(_file.Length);
        _file.Write(batch);
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear()
    {
        foreach (RecordBatch batch in _batches)
        {
            batch.Dispose();
        }

        _batches.Clear();
        _blocks.Clear();
        _file?.Dispose();
        _file = null;
        _bytes = 0;
        _rows = 0;
    }

    public void Dispose() => Clear();

    public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation)
        => new(new Scan(this, [.. request.Columns.Select(schema.Require)]));

    private RecordBatch Read(int number, int[] columns)
    {
        using RecordBatch whole = number < _batches.Count ? _batches[number].Share() : _file!.Read(_blocks[number - _batches.Count], out _)!;
        return whole.Select(columns);
    }

    private sealed class Scan(KeptRows rows, int[] columns) : ITableScan
    {
        private int _next;

        public Schema Schema { get; } = rows.Schema.Select(columns);

        public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            int number = Interlocked.Increment(ref _next) - 1;
            return new(number < rows._batches.Count + rows._blocks.Count ? new Part(rows, columns, number) : null);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Part(KeptRows rows, int[] columns, int number) : ITablePart
    {
        private bool _isRead;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            RecordBatch? batch = _isRead ? null : rows.Read(number, columns);
            _isRead = true;
            return new(batch);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
