using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Collects rows and sorts them in runs; when memory is used up, runs go to disk.</summary>
internal sealed class SortLane(SortBreaker breaker, int lane) : LaneOperator
{
    // A column of a run stays far from the 2 GiB that one can hold.
    private const long MaxRunBytes = 512 << 20;
    private const long MaxRunRows = 16 << 20;

    // Sorting needs the rows and a sorted copy.
    private readonly HeldRows _held = new(breaker.Context.Memory, copies: 2);
    private int _sequence;

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
        else if (_held.Bytes >= MaxRunBytes || _held.Rows >= MaxRunRows)
        {
            EndRun(onDisk: false);
        }
    }

    public override void Finish() => EndRun(onDisk: false);

    public override void Dispose() => _held.Dispose();

    private void EndRun(bool onDisk)
    {
        if (_held.Rows == 0)
        {
            return;
        }

        MemoryBudget memory = breaker.Context.Memory;
        long number = SortedRun.NumberOf(lane, _sequence++);
        long reserved = 0;
        try
        {
            using RecordBatch all = Concat.Batches(_held.Batches);
            _held.Take(out reserved).ForEach(b => b.Dispose());
            using var order = new SortedOrder(all, breaker.Order);
            if (onDisk)
            {
                breaker.Add(SpilledRun.Write(breaker.Context, breaker.Schema, number, order.Slices(SpilledRun.BlockRows)));
            }
            else
            {
                long kept = Math.Min(reserved, all.ByteSize);
                breaker.Add(new MemoryRun(order.Take(0, all.Length), number, memory, kept));
                reserved -= kept;
            }
        }
        finally
        {
            memory.Release(reserved);
        }
    }
}
