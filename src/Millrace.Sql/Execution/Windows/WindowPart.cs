using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Computes calls over sorted rows, some whole partitions at a time; one that does not fit into memory goes to disk.</summary>
/// <param name="node">The calls.</param>
/// <param name="context">Memory and faults.</param>
/// <param name="sorted">The rows by partition and order; taken over.</param>
/// <param name="number">Of the part.</param>
internal sealed class WindowPart(WindowNode node, QueryContext context, ITablePart sorted, int number) : ITablePart
{
    // Small partitions are computed together.
    private const int MinBlockRows = 16_384;
    private const int OutputRows = 8_192;

    // The rows and as much for what is made of them.
    private const int Copies = 2;

    // A column of a block stays far from the 2 GiB that one can hold.
    private const long MaxBlockBytes = 1 << 30;

    // Pages are parts of what memory there is, since some of them are in it at once; a row is more than its values.
    private const int PagesOfMemory = 64;
    private const long MinPageBytes = 16 << 10;
    private const long MaxPageBytes = 256 << 10;
    private const int BytesOfRow = 32;
    private const int MaxPageRows = 4_096;
    private const int MinPageRows = 16;

    // Where frames reach further, states of pages cost less than reading so many of them for each.
    private const int NearPages = 8;

    private readonly List<RecordBatch> _waiting = [];
    private readonly Reservation _reservation = new(context.Memory);
    private long _waitingBytes;
    private int _waitingRows;
    private int _cut;
    private bool _ended;
    private RecordBatch? _result;
    private int _given;
    private LargePartition? _large;

    public int Number => number;

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_result is not null && _given < _result.Length)
            {
                RecordBatch rows = _result.Slice(_given, Math.Min(OutputRows, _result.Length - _given));
                _given += rows.Length;
                return rows;
            }

            Release();
            if (_large is not null)
            {
                _result = _large.Next();
                if (_result is not null)
                {
                    continue;
                }

                _large.Dispose();
                _large = null;
            }

            using RecordBatch? block = await NextBlockAsync(cancellation).ConfigureAwait(false);
            if (block is not null)
            {
                _result = WindowCalls.Compute(node, context, block);
            }
            else if (_large is null)
            {
                return null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        _large?.Dispose();
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        _reservation.Dispose();
        await sorted.DisposeAsync().ConfigureAwait(false);
    }

    // Whole partitions; null at the end, and where the next partition is on disk.
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

            int boundary = Boundary(rows, isLast: true);
            _cut = boundary < 0 ? _cut : _waitingRows + boundary;
            Wait(rows);
            if (!Fits())
            {
                if (_cut == 0)
                {
                    await ToDiskAsync(cancellation).ConfigureAwait(false);
                    return null;
                }

                // Those before the last one fitted, and what came with it is one batch.
                break;
            }
        }

        int count = _ended ? _waitingRows : _cut;
        return count == 0 ? null : TakeFirst(count);
    }

    private void Wait(RecordBatch rows)
    {
        _waiting.Add(rows);
        _waitingRows += rows.Length;
        _waitingBytes += rows.ByteSize;
    }

    private bool Fits()
        => _waitingBytes <= MaxBlockBytes && _reservation.TryHold(_waitingBytes * Copies) && !(_waitingRows > node.Paging?.MaxRows);

    // The partition that waits, and what follows of it. Behind it the first rows of the next may wait then.
    private async ValueTask ToDiskAsync(CancellationToken cancellation)
    {
        long pageBytes = Math.Clamp(context.Memory.Limit / PagesOfMemory, MinPageBytes, MaxPageBytes);
        long pageRows = Math.Clamp(pageBytes / ((_waitingBytes / _waitingRows) + BytesOfRow), MinPageRows, MaxPageRows);
        _large = new LargePartition(node, context, node.Paging ?? new WindowPaging(_waitingRows, (int)pageRows, NearPages));
        while (!_ended)
        {
            RecordBatch before = _waiting[^1];
            foreach (RecordBatch rows in _waiting)
            {
                _large.Add(rows);
            }

            _waiting.RemoveAt(_waiting.Count - 1);
            Forget();
            _waiting.Add(before);
            _reservation.TryHold(0);
            RecordBatch? next = await sorted.ReadAsync(cancellation).ConfigureAwait(false);
            int first = next is null ? -1 : Boundary(next, isLast: false);
            int last = first < 0 ? -1 : Boundary(next!, isLast: true);
            Forget();
            if (next is null)
            {
                _ended = true;
            }
            else if (first < 0)
            {
                Wait(next);
            }
            else
            {
                using (next)
                {
                    using RecordBatch rest = next.Slice(0, first);
                    _large.Add(rest);
                    Wait(next.Slice(first, next.Length - first));
                    _cut = last - first;
                }

                break;
            }
        }

        _large.Complete();
    }

    private void Forget()
    {
        _waiting.ForEach(b => b.Dispose());
        _waiting.Clear();
        (_waitingRows, _waitingBytes) = (0, 0);
    }

    private RecordBatch TakeFirst(int count)
    {
        using RecordBatch all = Concat.Batches(_waiting);
        Forget();
        if (count < all.Length)
        {
            Wait(all.Slice(count, all.Length - count));
        }

        _cut = 0;
        return all.Slice(0, count);
    }

    // The last row that begins a partition, or the first; row 0 does if its partition differs from that of the row before.
    private int Boundary(RecordBatch rows, bool isLast)
    {
        if (node.Partition.Count == 0)
        {
            return -1;
        }

        Column[] keys = [.. node.Partition.Select(p => rows[p])];
        bool[] same = AdjacentRows.AreEqual(keys, rows.Length);
        if (_waiting.Count > 0)
        {
            RecordBatch before = _waiting[^1];
            RowEquality.Test([.. node.Partition.Select(p => before[p])], [before.Length - 1], keys, [0], same.AsSpan(0, 1));
        }
        else
        {
            same[0] = true;
        }

        return isLast ? Array.LastIndexOf(same, false) : Array.IndexOf(same, false);
    }

    private void Release()
    {
        _result?.Dispose();
        _result = null;
        _given = 0;
        _reservation.TryHold(_waitingBytes * Copies);
    }
}
