using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// What is known of left rows that meet the right ones piece by piece: which have found a match, and which an unknown one, in
/// the pieces before. Each piece reads the left rows from the first on, and what becomes of them is known at the last.
/// One thread uses it.
/// </summary>
internal sealed unsafe class LeftMarks : IDisposable
{
    private readonly MemoryBudget _memory;
    private readonly NativeBuffer _matched;
    private readonly NativeBuffer _unknown;
    private long _at;

    /// <param name="rows">Left rows.</param>
    /// <param name="memory">What is told of the bytes: few, and there is no going on without them.</param>
    public LeftMarks(long rows, MemoryBudget memory)
    {
        int bytes = checked((int)((rows + 7) / 8));
        _memory = memory;
        _matched = BufferPool.RentZeroed(bytes);
        _unknown = BufferPool.RentZeroed(bytes);
        memory.Count(Bytes);
    }

    /// <summary>Whether no piece follows.</summary>
    public bool IsLastPiece { get; private set; }

    private long Bytes => (long)_matched.Capacity + _unknown.Capacity;

    /// <summary>The left rows come once more, for another piece.</summary>
    public void Begin(bool isLastPiece)
    {
        _at = 0;
        IsLastPiece = isLastPiece;
    }

    /// <summary>What is known of the next left rows.</summary>
    /// <param name="matched">One for each row.</param>
    /// <param name="unknown">As many, or none where nobody asks.</param>
    public void Load(Span<bool> matched, Span<bool> unknown)
    {
        Load(_matched.Pointer, matched);
        Load(_unknown.Pointer, unknown);
    }

    /// <summary>Keeps what is known of the rows that were loaded last.</summary>
    public void Store(ReadOnlySpan<bool> matched, ReadOnlySpan<bool> unknown)
    {
        Store(_matched.Pointer, matched);
        Store(_unknown.Pointer, unknown);
        _at += matched.Length;
    }

    public void Dispose()
    {
        _memory.Count(-Bytes);
        _matched.Dispose();
        _unknown.Dispose();
    }

    private void Load(byte* bits, Span<bool> marks)
    {
        for (int i = 0; i < marks.Length; i++)
        {
            long at = _at + i;
            marks[i] = (bits[at >> 3] & (1 << (int)(at & 7))) != 0;
        }
    }

    private void Store(byte* bits, ReadOnlySpan<bool> marks)
    {
        for (int i = 0; i < marks.Length; i++)
        {
            long at = _at + i;
            bits[at >> 3] |= (byte)((marks[i] ? 1 : 0) << (int)(at & 7));
        }
    }
}
