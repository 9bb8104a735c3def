using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Computes calls over sorted rows, some whole partitions at a time.</summary>
/// <param name="node">The calls.</param>
/// <param name="context">Memory and faults.</param>
/// <param name="sorted">The rows by partition and order; taken over.</param>
/// <param name="number">Of the part.</param>
internal sealed class WindowPart(WindowNode node, QueryContext context, ITablePart sorted, int number) : ITablePart
{
    // Small partitions are computed together.
    private const int MinBlockRows = 16_384;
    private const int OutputRows = 8_192;

    private readonly List<RecordBatch> _waiting = [];
    private int _waitingRows;
    private int _cut;
    private bool _ended;
    private RecordBatch? _result;
    private int _given;
    private long _reserved;

    public int Number => number;

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (_result is null || _given == _result.Length)
        {
            Release();
            using RecordBatch? block = await NextBlockAsync(cancellation).ConfigureAwait(false);
            if (block is null)
            {
                return null;
            }

            // The block itself and as much for what is made of it.
            long bytes = block.ByteSize * 2;
            _reserved = context.Memory.TryReserve(bytes) ? bytes : throw SpillErrors.MemoryExhausted("The rows of one partition of a window", context.Memory.Limit);
            _result = WindowCalls.Compute(node, context, block);
        }

        RecordBatch rows = _result.Slice(_given, Math.Min(OutputRows, _result.Length - _given));
        _given += rows.Length;
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        await sorted.DisposeAsync().ConfigureAwait(false);
    }

    // Whole partitions; null at the end.
    private async ValueTask<RecordBatch?> NextBlockAsync(CancellationToken cancellation)
    {
        while (!_ended && (_cut == 0 || _waitingRows < MinBlockRows))
        {
            RecordBatch? rows = await sorted.ReadAsync(cancellation).ConfigureAwait(false);
            if (rows is null)
            {
                _ended = true;
                break;
            }

            int boundary = LastBoundary(rows);
            _cut = boundary < 0 ? _cut : _waitingRows + boundary;
            _waiting.Add(rows);
            _waitingRows += rows.Length;
        }

        int count = _ended ? _waitingRows : _cut;
        return count == 0 ? null : TakeFirst(count);
    }

    private RecordBatch TakeFirst(int count)
    {
        using RecordBatch all = Concat.Batches(_waiting);
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        if (count < all.Length)
        {
            _waiting.Add(all.Slice(count, all.Length - count));
        }

        _waitingRows = all.Length - count;
        _cut = 0;
        return all.Slice(0, count);
    }

    // The last row that begins a partition; row 0 does if its partition differs from that of the row before.
    private int LastBoundary(RecordBatch rows)
    {
        if (node.Partition.Count == 0)
        {
            return -1;
        }

        Column[] keys = [.. node.Partition.Select(p => rows[p])];
        bool[] same = AdjacentRows.AreEqual(keys, rows.Length);
        for (int row = rows.Length - 1; row > 0; row--)
        {
            if (!same[row])
            {
                return row;
            }
        }

        if (_waiting.Count == 0)
        {
            return -1;
        }

        RecordBatch before = _waiting[^1];
        Span<bool> equal = [false];
        RowEquality.Test([.. node.Partition.Select(p => before[p])], [before.Length - 1], keys, [0], equal);
        return equal[0] ? -1 : 0;
    }

    private void Release()
    {
        _result?.Dispose();
        _result = null;
        _given = 0;
        context.Memory.Release(_reserved);
        _reserved = 0;
    }
}
