using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Sorted rows of one lane.</summary>
/// <param name="number">Its place: of equal rows in the same part, those of the lower number were first.</param>
internal abstract class SortedRun(long number) : IDisposable
{
    public long Number => number;

    public static long NumberOf(int lane, int sequence) => ((long)lane << 32) | (uint)sequence;

    /// <summary>The next rows, which the caller owns; null at the end.</summary>
    public abstract RecordBatch? Next();

    public abstract void Dispose();
}

/// <summary>A run in memory.</summary>
internal sealed class MemoryRun : SortedRun
{
    // So many rows have words for merging at a time.
    private const int SliceRows = 16_384;

    private readonly RecordBatch _rows;
    private readonly MemoryBudget _memory;
    private readonly long _reserved;
    private readonly long _free;
    private int _at;

    /// <param name="rows">Taken over.</param>
    /// <param name="number">Its place.</param>
    /// <param name="memory">Where its bytes are given back.</param>
    /// <param name="reserved">How many of them are reserved.</param>
    public MemoryRun(RecordBatch rows, long number, MemoryBudget memory, long reserved)
        : base(number)
    {
        (_rows, _memory, _reserved) = (rows, memory, reserved);
        _free = Math.Max(0, rows.ByteSize - reserved);
        memory.Count(_free);
    }

    public override RecordBatch? Next()
    {
        int count = Math.Min(SliceRows, _rows.Length - _at);
        if (count == 0)
        {
            return null;
        }

        RecordBatch slice = _rows.Slice(_at, count);
        _at += count;
        return slice;
    }

    public override void Dispose()
    {
        _rows.Dispose();
        _memory.Count(-_free);
        _memory.Release(_reserved);
    }
}
