using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Collects rows and sorts them in runs.</summary>
internal sealed class SortLane(SortBreaker breaker, int lane) : LaneOperator
{
    // A column of a run stays far from the 2 GiB that one can hold.
    private const long MaxRunBytes = 512 << 20;
    private const long MaxRunRows = 16 << 20;

    private readonly HeldRows _held = new(breaker.Context.Memory);
    private int _sequence;

    public override void Push(Chunk chunk)
    {
        RecordBatch rows = breaker.Mark(chunk);
        if (_held.TryAdd(rows))
        {
            if (_held.Bytes >= MaxRunBytes || _held.Rows >= MaxRunRows)
            {
                EndRun();
            }

            return;
        }

        rows.Dispose();
        throw SpillErrors.MemoryExhausted("The rows that are sorted", breaker.Context.Memory.Limit);
    }

    public override void Finish() => EndRun();

    public override void Dispose() => _held.Dispose();

    private void EndRun()
    {
        if (_held.Rows == 0)
        {
            return;
        }

        RecordBatch sorted = SortedRows.Of(_held.Batches, breaker.Order, int.MaxValue);
        _held.Take(out long reserved).ForEach(b => b.Dispose());

        breaker.Add(new MemoryRun(sorted, SortedRun.NumberOf(lane, _sequence++), breaker.Context.Memory, reserved));
    }
}
