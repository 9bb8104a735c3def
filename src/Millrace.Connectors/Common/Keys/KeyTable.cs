using System.Numerics;
using System.Security.Cryptography;
using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>
/// The distinct keys of some rows, numbered, and which rows of other batches have one of them. Null equals null. Rows are told apart by
/// seeded hashes first, so that nobody can choose keys that all collide. Owns the keys; any thread may look for some.
/// </summary>
internal sealed class KeyTable : IDisposable
{
    public const int None = -1;

    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly RecordBatch _keys;
    private readonly Column[] _columns;
    private readonly int[] _slots;
    private readonly int[] _groupOf;
    private readonly List<ulong> _hashes = [];
    private readonly List<int> _firsts = [];

    // Of two keys with one hash the second stands here, by the number of the first: hardly ever any.
    private readonly Dictionary<int, int> _others = [];

    /// <param name="keys">The rows' key columns, taken over.</param>
    public KeyTable(RecordBatch keys)
    {
        _keys = keys;
        _columns = [.. keys.Columns];
        _slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys.Length * 2L))];
        _slots.AsSpan().Fill(None);
        _groupOf = new int[keys.Length];
        Build();
    }

    /// <summary>Distinct keys.</summary>
    public int Count => _firsts.Count;

    /// <summary>The key columns of all rows; borrowed.</summary>
    public RecordBatch Keys => _keys;

    /// <summary>The number of the key of each row.</summary>
    public ReadOnlySpan<int> GroupOf => _groupOf;

    /// <summary>The first row that has a key.</summary>
    public int FirstOf(int group) => _firsts[group];

    /// <summary>Writes the number of the key of each row, <see cref="None"/> for rows with another one.</summary>
    /// <param name="columns">The key columns, of the types of <see cref="Keys"/>; borrowed.</param>
    /// <param name="groups">A number for each row.</param>
    public void Find(Column[] columns, Span<int> groups)
    {
        var pairs = new Pairs(groups.Length);
        Hash.Rows(columns, pairs.Hashes, _seed);
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row] = Candidate(pairs.Hashes[row], out _);
            if (group != None)
            {
                pairs.Add(row, _firsts[group]);
            }
        }

        ReadOnlySpan<bool> equal = pairs.Test(columns, _columns);
        for (int i = 0; i < equal.Length; i++)
        {
            int row = pairs.Rows[i];
            if (!equal[i])
            {
                groups[row] = FindOther(columns, row, groups[row], out _);
            }
        }
    }

    public void Dispose() => _keys.Dispose();

    private void Build()
    {
        var pairs = new Pairs(_groupOf.Length);
        Hash.Rows(_columns, pairs.Hashes, _seed);
        for (int row = 0; row < _groupOf.Length; row++)
        {
            int group = Candidate(pairs.Hashes[row], out int slot);
            if (group == None)
            {
                _slots[slot] = group = Add(row, pairs.Hashes[row]);
            }
            else
            {
                pairs.Add(row, _firsts[group]);
            }

            _groupOf[row] = group;
        }

        ReadOnlySpan<bool> equal = pairs.Test(_columns, _columns);
        for (int i = 0; i < equal.Length; i++)
        {
            if (!equal[i])
            {
                int row = pairs.Rows[i];
                int group = FindOther(_columns, row, _groupOf[row], out int last);
                if (group == None)
                {
                    _others.Add(last, group = Add(row, pairs.Hashes[row]));
                }

                _groupOf[row] = group;
            }
        }
    }

    private int Add(int row, ulong hash)
    {
        _firsts.Add(row);
        _hashes.Add(hash);
        return _firsts.Count - 1;
    }

    // The first key of a hash, and the slot where one would stand.
    private int Candidate(ulong hash, out int slot)
    {
        int mask = _slots.Length - 1;
        slot = (int)hash & mask;
        while (_slots[slot] != None && _hashes[_slots[slot]] != hash)
        {
            slot = (slot + 1) & mask;
        }

        return _slots[slot];
    }

    private int FindOther(Column[] columns, int row, int group, out int last)
    {
        Span<bool> equal = [false];
        last = group;
        while (_others.TryGetValue(last, out int next))
        {
            RowEquality.Test(columns, [row], _columns, [_firsts[next]], equal);
            if (equal[0])
            {
                return next;
            }

            last = next;
        }

        return None;
    }

    /// <summary>Rows beside the rows that they may equal.</summary>
    private sealed class Pairs(int rows)
    {
        private readonly int[] _candidates = new int[rows];
        private int _count;

        public ulong[] Hashes { get; } = new ulong[rows];

        public int[] Rows { get; } = new int[rows];

        public void Add(int row, int candidate)
        {
            Rows[_count] = row;
            _candidates[_count++] = candidate;
        }

        public ReadOnlySpan<bool> Test(Column[] left, Column[] right)
        {
            bool[] equal = new bool[_count];
            RowEquality.Test(left, Rows.AsSpan(0, _count), right, _candidates.AsSpan(0, _count), equal);
            return equal;
        }
    }
}
