using System.Numerics;
using System.Security.Cryptography;
using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>
/// The distinct keys of some rows, numbered, and which rows of other batches have one of them. Null equals null. Rows are told apart by
/// seeded hashes first, so that nobody can choose keys that all collide. Owns the keys; one thread uses it.
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
    private ulong[] _probed = [];
    private int[] _rows = [];
    private int[] _candidates = [];
    private bool[] _equal = [];

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
        Ensure(groups.Length);
        Span<ulong> hashes = _probed.AsSpan(0, groups.Length);
        Hash.Rows(columns, hashes, _seed);
        int pairs = 0;
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row] = Candidate(hashes[row], out _);
            if (group != None)
            {
                _rows[pairs] = row;
                _candidates[pairs++] = _firsts[group];
            }
        }

        Span<bool> equal = _equal.AsSpan(0, pairs);
        RowEquality.Test(columns, _rows.AsSpan(0, pairs), _columns, _candidates.AsSpan(0, pairs), equal);
        for (int i = 0; i < pairs; i++)
        {
            if (!equal[i])
            {
                groups[_rows[i]] = FindOther(columns, _rows[i], groups[_rows[i]], out _);
            }
        }
    }

    public void Dispose() => _keys.Dispose();

    private void Build()
    {
        Ensure(_groupOf.Length);
        Span<ulong> hashes = _probed.AsSpan(0, _groupOf.Length);
        Hash.Rows(_columns, hashes, _seed);
        int pairs = 0;
        for (int row = 0; row < hashes.Length; row++)
        {
            int group = Candidate(hashes[row], out int slot);
            if (group == None)
            {
                group = Add(row, hashes[row]);
                _slots[slot] = group;
            }
            else
            {
                _rows[pairs] = row;
                _candidates[pairs++] = _firsts[group];
            }

            _groupOf[row] = group;
        }

        Span<bool> equal = _equal.AsSpan(0, pairs);
        RowEquality.Test(_columns, _rows.AsSpan(0, pairs), _columns, _candidates.AsSpan(0, pairs), equal);
        for (int i = 0; i < pairs; i++)
        {
            if (!equal[i])
            {
                int row = _rows[i];
                int group = FindOther(_columns, row, _groupOf[row], out int last);
                if (group == None)
                {
                    _others.Add(last, group = Add(row, hashes[row]));
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

    private void Ensure(int rows)
    {
        if (_probed.Length < rows)
        {
            _probed = new ulong[rows];
            _rows = new int[rows];
            _candidates = new int[rows];
            _equal = new bool[rows];
        }
    }
}
