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
/// <param name="rows">Taken over.</param>
/// <param name="number">Its place.</param>
/// <param name="memory">Where its bytes are given back.</param>
/// <param name="reserved">How many these are.</param>
internal sealed class MemoryRun(RecordBatch rows, long number, MemoryBudget memory, long reserved) : SortedRun(number)
{
    // So many rows have words for merging at a time.
    private const int SliceRows = 16_384;

    private int _at;

    public override RecordBatch? Next()
    {
        int count = Math.Min(SliceRows, rows.Length - _at);
        if (count == 0)
        {
            return null;
        }

        RecordBatch slice = rows.Slice(_at, count);
        _at += count;
        return slice;
    }

    public override void Dispose()
    {
        rows.Dispose();
        memory.Release(reserved);
    }
}
