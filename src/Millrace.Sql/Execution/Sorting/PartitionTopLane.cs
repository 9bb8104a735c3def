using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Of rows that are equal in the first columns of an order, only so many are wanted, in that order.</summary>
/// <param name="Keys">How many columns.</param>
/// <param name="Rows">How many rows of each.</param>
internal readonly record struct PartitionTop(int Keys, int Rows);

/// <summary>
/// Keeps of each partition the rows that can be among its first. From time to time what is kept is sorted and cut, unless the
/// first cut has shown that partitions are too small for it.
/// </summary>
internal sealed unsafe class PartitionTopLane(SortBreaker breaker, int lane, PartitionTop top) : LaneOperator
{
    private const int TrialRows = 64 << 10;
    private const long MaxHeldBytes = 512 << 20;

    // Of the rows at the first cut; with more left, cutting on the way only costs.
    private const double WorthIt = 0.6;

    // Sorting needs the rows and a sorted copy.
    private readonly HeldRows _held = new(breaker.Context.Memory, copies: 2);
    private long _next = TrialRows;
    private int _runs;

    public override void Push(Chunk chunk)
    {
        RecordBatch rows = breaker.Mark(chunk);
        if (!_held.TryAdd(rows))
        {
            EndRun(onDisk: true);
            if (!_held.TryAdd(rows))
            {
                _held.Add(rows);
                EndRun(onDisk: true);
            }
        }
        else if (_held.Rows >= _next)
        {
            Cut();
        }
        else if (_held.Bytes >= MaxHeldBytes)
        {
            EndRun(onDisk: false);
        }
    }

    public override void Finish() => EndRun(onDisk: false);

    public override void Dispose() => _held.Dispose();

    private void Cut()
    {
        long before = _held.Rows;
        RecordBatch first = TakeFirst(out long reserved);
        breaker.Context.Memory.Release(reserved);
        _next = first.Length > before * WorthIt ? long.MaxValue : Math.Max(TrialRows, 2L * first.Length);
        if (!_held.TryAdd(first))
        {
            _held.Add(first);
        }
    }

    private void EndRun(bool onDisk)
    {
        if (_held.Rows == 0)
        {
            return;
        }

        RecordBatch first = TakeFirst(out long reserved);
        MemoryBudget memory = breaker.Context.Memory;
        long number = SortedRun.NumberOf(lane, _runs++);
        if (onDisk)
        {
            memory.Release(reserved);
            breaker.Add(SpilledRun.Write(breaker.Context, breaker.Schema, number, Slices(first)));
            return;
        }

        long kept = Math.Min(reserved, first.ByteSize);
        memory.Release(reserved - kept);
        breaker.Add(new MemoryRun(first, number, memory, kept));
    }

    private static IEnumerable<RecordBatch> Slices(RecordBatch rows)
    {
        using (rows)
        {
            for (int start = 0; start < rows.Length; start += SpilledRun.BlockRows)
            {
                yield return rows.Slice(start, Math.Min(SpilledRun.BlockRows, rows.Length - start));
            }
        }
    }

    // The first rows of each partition in order. What was held is gone; its memory is the caller's.
    private RecordBatch TakeFirst(out long reserved)
    {
        using RecordBatch all = Concat.Batches(_held.Batches);
        _held.Take(out reserved).ForEach(b => b.Dispose());
        try
        {
            using NativeBuffer memory = BufferPool.Rent(checked(all.Length * sizeof(int)));
            var order = new Span<int>(memory.Pointer, all.Length);
            Sort.Indices(OrderColumn.Keys(breaker.Order, all), order);
            return Take.Rows(all, order[..Choose(all, order)]);
        }
        catch
        {
            breaker.Context.Memory.Release(reserved);
            throw;
        }
    }

    // Moves the numbers of the rows that stay to the front and returns how many there are.
    private int Choose(RecordBatch rows, Span<int> order)
    {
        Column[] keys = [.. breaker.Order.Take(top.Keys).Select(o => rows[o.Column])];
        var same = new bool[order.Length];
        if (keys.Length == 0)
        {
            same.AsSpan().Fill(true);
        }
        else if (order.Length > 1)
        {
            RowEquality.Test(keys, order[..^1], keys, order[1..], same.AsSpan(1));
        }

        int chosen = 0;
        int place = 0;
        for (int i = 0; i < order.Length; i++)
        {
            place = same[i] && i > 0 ? place + 1 : 0;
            order[chosen] = order[i];
            chosen += place < top.Rows ? 1 : 0;
        }

        return chosen;
    }
}
