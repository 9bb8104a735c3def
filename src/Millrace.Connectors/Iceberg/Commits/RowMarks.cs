using System.Numerics;

namespace Millrace.Connectors.Iceberg;

/// <summary>A mark for each row of a file: a bit, so that a file of millions of rows costs little.</summary>
internal sealed class RowMarks(long rows)
{
    private readonly ulong[] _words = new ulong[(rows + 63) >> 6];

    public long Count { get; private set; }

    public bool IsFull => Count == rows;

    public bool this[long row] => (_words[row >> 6] >> (int)(row & 63) & 1) != 0;

    public void Set(long row)
    {
        ref ulong word = ref _words[row >> 6];
        ulong bit = 1UL << (int)(row & 63);
        Count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
    }

    public RowMarks Copy()
    {
        var copy = new RowMarks(rows) { Count = Count };
        _words.CopyTo(copy._words, 0);
        return copy;
    }

    /// <summary>The marked rows, ascending.</summary>
    public IEnumerable<long> All()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong word = _words[i]; word != 0; word &= word - 1)
            {
                yield return ((long)i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }
    }

    /// <summary>The same at once.</summary>
    public long[] ToArray()
    {
        long[] marked = new long[Count];
        int next = 0;
        foreach (long row in All())
        {
            marked[next++] = row;
        }

        return marked;
    }
}
