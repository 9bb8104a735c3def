using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Finds the row of a <see cref="RowChunks"/> that equals another: of several that do, the last one.</summary>
internal sealed class RowIndex(RowChunks rows)
{
    private const int None = -1;

    private int[] _heads = [];
    private int[] _next = [];
    private ulong[] _hashes = [];
    private int _count;

    public long ByteSize => ((_heads.Length + _next.Length) * (long)sizeof(int)) + (_hashes.Length * (long)sizeof(ulong));

    /// <summary>
    /// Writes the number of the equal row of each row of a batch. Rows without one get the next numbers, equal ones the same,
    /// and are added to a list: whoever asks adds them to the rows then.
    /// </summary>
    public void Find(RecordBatch batch, Span<int> numbers, List<int> fresh)
    {
        Search search = Find(batch, numbers);
        int first = _count;
        for (int row = 0; row < batch.Length; row++)
        {
            if (numbers[row] == None && (numbers[row] = FindFresh(search, row, first, fresh)) == None)
            {
                numbers[row] = Append(search, row);
                fresh.Add(row);
            }
        }
    }

    /// <summary>Writes the number of the equal row of each row of a batch, <see cref="KeyedRows.None"/> for none, and adds nothing.</summary>
    public Search Find(RecordBatch batch, Span<int> numbers)
    {
        var search = new Search([.. batch.Columns], new ulong[batch.Length]);
        Hash.Rows(search.Columns, search.Hashes);
        FindKnown(search.Columns, search.Hashes, numbers);
        return search;
    }

    /// <summary>The last of those rows of a batch that were added since, from a number on, which equals a row of it.</summary>
    public int FindFresh(in Search search, int row, int first, List<int> fresh)
    {
        Span<bool> equal = [false];
        for (int at = _heads.Length == 0 ? None : _heads[Bucket(search.Hashes[row])]; at >= first; at = _next[at])
        {
            if (_hashes[at] != search.Hashes[row])
            {
                continue;
            }

            RowEquality.Test(search.Columns, [row], search.Columns, [fresh[at - first]], equal);
            if (equal[0])
            {
                return at;
            }
        }

        return None;
    }

    /// <summary>Adds a row of a batch, and gives it the next number.</summary>
    public int Append(in Search search, int row) => Append(search.Hashes[row]);

    /// <summary>Begins anew with all rows that there are.</summary>
    public void Rebuild()
    {
        _count = 0;
        (_heads, _next, _hashes) = ([], [], []);
        foreach ((_, RecordBatch chunk) in rows.All)
        {
            var hashes = new ulong[chunk.Length];
            Hash.Rows([.. chunk.Columns], hashes);
            Array.ForEach(hashes, h => Append(h));
        }
    }

    // Rounds of comparisons: all rows with their first candidate, those that differ with the next one, and so on.
    private void FindKnown(Column[] columns, ulong[] hashes, Span<int> numbers)
    {
        var pending = new List<int>();
        for (int row = 0; row < hashes.Length; row++)
        {
            numbers[row] = _heads.Length == 0 ? None : Candidate(_heads[Bucket(hashes[row])], hashes[row]);
            if (numbers[row] != None)
            {
                pending.Add(row);
            }
        }

        while (pending.Count > 0)
        {
            int[] left = [.. pending];
            var right = new int[left.Length];
            for (int i = 0; i < left.Length; i++)
            {
                right[i] = numbers[left[i]];
            }

            var equal = new bool[left.Length];
            rows.Equal(columns, left, right, equal);
            pending.Clear();
            for (int i = 0; i < left.Length; i++)
            {
                int row = left[i];
                if (!equal[i] && (numbers[row] = Candidate(_next[right[i]], hashes[row])) != None)
                {
                    pending.Add(row);
                }
            }
        }
    }

    private int Candidate(int at, ulong hash)
    {
        while (at != None && _hashes[at] != hash)
        {
            at = _next[at];
        }

        return at;
    }

    // The last row stands first in its bucket.
    private int Append(ulong hash)
    {
        if (_count == _next.Length)
        {
            Grow();
        }

        int row = _count++;
        _hashes[row] = hash;
        Link(row);
        return row;
    }

    private void Link(int row)
    {
        ref int head = ref _heads[Bucket(_hashes[row])];
        _next[row] = head;
        head = row;
    }

    private void Grow()
    {
        int size = Math.Max(16, (int)BitOperations.RoundUpToPowerOf2((uint)_count + 1));
        Array.Resize(ref _next, size);
        Array.Resize(ref _hashes, size);
        _heads = new int[size];
        _heads.AsSpan().Fill(None);
        for (int row = 0; row < _count; row++)
        {
            Link(row);
        }
    }

    private int Bucket(ulong hash) => (int)(hash & (ulong)(_heads.Length - 1));

    /// <summary>The rows of a batch that are looked for; borrowed.</summary>
    public readonly record struct Search(Column[] Columns, ulong[] Hashes);
}
