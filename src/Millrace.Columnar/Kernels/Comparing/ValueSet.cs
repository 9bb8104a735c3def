using System.Numerics;
using System.Security.Cryptography;

namespace Millrace.Columnar;

/// <summary>
/// Constants of one type that rows are looked up in: few are compared one after the other, many are found by their hashes. Equality is
/// that of <see cref="Compare"/>.
/// </summary>
public sealed unsafe class ValueSet : IDisposable
{
    private const int MaxCompared = 8;

    private readonly Column _values;
    private readonly ulong _seed;
    private readonly ulong[] _hashes;
    private readonly int[] _slots;

    private ValueSet(Column values, ulong seed, ulong[] hashes, int[] slots)
    {
        _values = values;
        _seed = seed;
        _hashes = hashes;
        _slots = slots;
    }

    /// <summary>The set of the values of a column without nulls, which it shares.</summary>
    public static ValueSet Create(Column values)
    {
        if (values.HasNulls)
        {
            throw new ArgumentException("A null equals nothing, so a set cannot hold it.");
        }

        if (values.Length <= MaxCompared)
        {
            return new ValueSet(values.Share(), 0, [], []);
        }

        var slots = new int[BitOperations.RoundUpToPowerOf2((uint)values.Length * 2)];
        var hashes = new ulong[values.Length];

        // Values are told apart by their hashes alone until the end, so two values may not share one: then the seed changes.
        ulong seed;
        do
        {
            seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            Hash.Rows(values, hashes, seed);
        }
        while (!TryFill(values, hashes, slots));
        return new ValueSet(values.Share(), seed, hashes, slots);
    }

    /// <summary>For each row whether its value is in the set; null for nulls. The caller owns the result.</summary>
    /// <param name="column">Values of the set's type, or a dictionary of such.</param>
    public BooleanColumn Contains(Column column)
    {
        using BooleanColumn found = new(column.Length, _slots.Length == 0 ? Compared(column) : LookedUp(column));
        return column.HasNulls ? (BooleanColumn)found.WithNulls(column.Validity) : (BooleanColumn)found.Share();
    }

    /// <summary>Gives the values back.</summary>
    public void Dispose() => _values.Dispose();

    private NativeBuffer Compared(Column column)
    {
        NativeBuffer bits = KernelMemory.RentBits(column.Length);
        bits.Span.Clear();
        var words = (ulong*)bits.Pointer;
        for (int i = 0; i < _values.Length; i++)
        {
            using Column value = _values.Slice(i, 1);
            using BooleanColumn equal = Compare.Constant(column, CompareOperator.Equal, value);
            for (int at = 0; at < column.Length; at += 64)
            {
                words[at >> 6] |= equal.Values.Word(at);
            }
        }

        return bits;
    }

    private NativeBuffer LookedUp(Column column)
    {
        int rows = column.Length;
        using NativeBuffer hashMemory = KernelMemory.RentValues(rows, sizeof(ulong), DataType.UInt64);
        using NativeBuffer pairMemory = KernelMemory.RentValues(rows, 2 * sizeof(int), DataType.UInt64);
        var hashes = new Span<ulong>(hashMemory.Pointer, rows);
        var candidates = new Span<int>(pairMemory.Pointer, rows);
        var members = new Span<int>((int*)pairMemory.Pointer + rows, rows);
        Hash.Rows(column, hashes, _seed);
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            int member = Find(hashes[row]);
            candidates[count] = row;
            members[count] = member;
            count += member >= 0 ? 1 : 0;
        }

        NativeBuffer bits = KernelMemory.RentBits(rows);
        bits.Span.Clear();
        Span<bool> equal = new(hashMemory.Pointer, count);
        RowEquality.Test([column], candidates[..count], [_values], members[..count], equal);
        for (int i = 0; i < count; i++)
        {
            if (equal[i])
            {
                Bits.Set(bits.Pointer, candidates[i]);
            }
        }

        return bits;
    }

    private static bool TryFill(Column values, ulong[] hashes, int[] slots)
    {
        Array.Fill(slots, -1);
        Span<bool> same = stackalloc bool[1];
        for (int i = 0; i < hashes.Length; i++)
        {
            int slot = (int)hashes[i] & (slots.Length - 1);
            while (slots[slot] >= 0 && hashes[slots[slot]] != hashes[i])
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            if (slots[slot] < 0)
            {
                slots[slot] = i;
                continue;
            }

            RowEquality.Test([values], [i], [values], [slots[slot]], same);
            if (!same[0])
            {
                return false;
            }
        }

        return true;
    }

    private int Find(ulong hash)
    {
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        while (_slots[slot] >= 0)
        {
            if (_hashes[_slots[slot]] == hash)
            {
                return _slots[slot];
            }

            slot = (slot + 1) & mask;
        }

        return -1;
    }
}
