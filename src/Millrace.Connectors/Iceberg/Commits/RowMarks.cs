using System.Numerics;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A mark for each row of a file: a bit, so that a file of millions of rows costs little. How many rows there are is what the manifest
/// claims, so memory is taken only up to the last row that is marked.
/// </summary>
/// <param name="rows">Rows of the file.</param>
internal sealed class RowMarks(long rows)
{
    private const int FirstWords = 64;

    private ulong[] _words = [];

    public long Count { get; private set; }

    public bool IsFull => Count == rows;

    public bool this[long row] => row >> 6 < _words.Length && (_words[row >> 6] >> (int)(row & 63) & 1) != 0;

    public void Set(long row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, rows);
        if (row >> 6 >= _words.Length)
        {
            long most = Math.Min(((rows - 1) >> 6) + 1, Array.MaxLength);
            Array.Resize(ref _words, (int)Math.Max((row >> 6) + 1, Math.Min(most, Math.Max(FirstWords, 2L * _words.Length))));
        }

        ref ulong word = ref _words[row >> 6];
        ulong bit = 1UL << (int)(row & 63);
        Count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
    }

    public RowMarks Copy() => new(rows) { Count = Count, _words = [.. _words] };

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
