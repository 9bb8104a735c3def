using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>What the lanes of a join share: the table, and which of its rows have found a match.</summary>
internal sealed unsafe class JoinShared : IDisposable
{
    private readonly NativeBuffer? _matched;
    private int _lanes;

    /// <param name="table">Borrowed.</param>
    /// <param name="marks">Whether rows that match are marked.</param>
    /// <param name="lanes">How many lanes will finish.</param>
    public JoinShared(JoinTable table, bool marks, int lanes)
    {
        Table = table;
        _lanes = lanes;
        _matched = marks ? BufferPool.RentZeroed(table.Count) : null;
    }

    public JoinTable Table { get; }

    /// <summary>What is known of the left rows, where the table is not all of the right ones; null where it is. Borrowed.</summary>
    public LeftMarks? Left { get; init; }

    /// <summary>Whether this is the last lane to finish.</summary>
    public bool IsLast() => Interlocked.Decrement(ref _lanes) == 0;

    /// <summary>Lanes write at once, and all of them the same.</summary>
    public void Mark(ReadOnlySpan<int> rows)
    {
        byte* matched = _matched!.Pointer;
        foreach (int row in rows)
        {
            matched[row] = 1;
        }
    }

    public bool IsMarked(int row) => _matched!.Pointer[row] != 0;

    public void Dispose() => _matched?.Dispose();
}
