using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Keeps shared rows in memory, and on disk those for which there is none, until the last reader is disposed.</summary>
internal sealed class SharedRows(SharedRowsNode node, QueryContext context) : IBreaker
{
    // What is left is for the operators that work on the rows.
    private readonly long _most = context.Memory.Limit / 4;
    private readonly Lock _lock = new();
    private List<(int Part, RecordBatch Rows)> _held = [];
    private readonly Reservation _reservation = new(context.Memory);
    private readonly List<long> _blocks = [];
    private long _bytes;
    private SpillFile? _spilled;
    private int _readers = node.Uses;

    public LaneOperator OpenLane() => new Lane(this);

    public ValueTask CompleteAsync(CancellationToken cancellation)
    {
        // The order of the input, as far as rows are in memory; those of a part have come in theirs.
        _held = [.. _held.OrderBy(static h => h.Part)];
        return ValueTask.CompletedTask;
    }

    public IBatchSource OpenResult() => throw new System.Diagnostics.UnreachableException("Shared rows are read by several, each with columns of its own.");

    /// <summary>The rows for one of the places that read them.</summary>
    public IBatchSource OpenReader(SharedReadNode place) => new Reader(this, place);

    public ValueTask DisposeAsync()
    {
        _held.ForEach(h => h.Rows.Dispose());
        _held.Clear();
        _blocks.Clear();
        _spilled?.Dispose();
        _spilled = null;
        _reservation.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Add(Chunk chunk)
    {
        lock (_lock)
        {
            long bytes = _bytes + chunk.Rows.ByteSize;
            if (_spilled is null && bytes <= _most && _reservation.TryHold(bytes))
            {
                _bytes = bytes;
                _held.Add((chunk.Part, chunk.Rows.Share()));
                return;
            }

            _spilled ??= new SpillFile(context.SpillFolder, node.Schema, context.Memory.CountSpilled);
            _blocks.Add(_spilled.Length);
            _spilled.Write(chunk.Rows);
        }
    }

    // The caller owns them; null behind the last.
    private RecordBatch? Read(int number)
        => number < _held.Count ? _held[number].Rows.Share() : number - _held.Count < _blocks.Count ? _spilled!.Read(_blocks[number - _held.Count], out _) : null;

    private sealed class Lane(SharedRows rows) : LaneOperator
    {
        public override void Push(Chunk chunk) => rows.Add(chunk);

        public override void Finish()
        {
        }
    }

    private sealed class Reader(SharedRows rows, SharedReadNode place) : IBatchSource
    {
        private int _next = -1;
        private bool _disposed;

        public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
            => new(Interlocked.Increment(ref _next) is var number && rows.Read(number) is { } batch ? new Part(batch, place, number) : null);

        public ValueTask DisposeAsync()
        {
            if (_disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
            return Interlocked.Decrement(ref rows._readers) == 0 ? rows.DisposeAsync() : ValueTask.CompletedTask;
        }
    }

    /// <summary>A batch as a part.</summary>
    private sealed class Part(RecordBatch batch, SharedReadNode place, int number) : ITablePart
    {
        private RecordBatch? _batch = batch;

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            using RecordBatch? all = _batch;
            _batch = null;
            return new(all is null ? null : new RecordBatch(place.Schema, all.Length, [.. place.Columns.Select(c => all[c].Share())]));
        }

        public ValueTask DisposeAsync()
        {
            _batch?.Dispose();
            _batch = null;
            return ValueTask.CompletedTask;
        }
    }
}
