using System.Numerics;
using System.Security.Cryptography;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A set of values of one type that rows are looked up in.</summary>
internal sealed unsafe class ValueSet : IDisposable
{
    private readonly Column _values;
    private readonly ulong _seed;
    private readonly ulong[] _hashes;
    private readonly int[] _slots;
    private readonly int _mask;

    private ValueSet(Column values, ulong seed, ulong[] hashes, int[] slots)
    {
        _values = values;
        _seed = seed;
        _hashes = hashes;
        _slots = slots;
        _mask = slots.Length - 1;
    }

    public static ValueSet Create(DataType type, IEnumerable<object?> values)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, 16);
        foreach (object? value in values)
        {
            ConstantColumn.Append(builder, value);
        }

        Column column = builder.Build();
        var slots = new int[BitOperations.RoundUpToPowerOf2((uint)column.Length * 2)];
        var hashes = new ulong[column.Length];

        // Values are told apart by their hashes alone until the end, so two values may not share one: then the seed changes.
        ulong seed;
        do
        {
            seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            Hash.Rows(column, hashes, seed);
        }
        while (!TryFill(column, hashes, slots));
        return new ValueSet(column, seed, hashes, slots);
    }

    /// <summary>For each row whether its value is in the set; for nulls, anything. The caller owns the result.</summary>
    public BooleanColumn Contains(Column column)
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

        return new BooleanColumn(rows, bits);
    }

    public void Dispose() => _values.Dispose();

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
        int slot = (int)hash & _mask;
        while (_slots[slot] >= 0)
        {
            if (_hashes[_slots[slot]] == hash)
            {
                return _slots[slot];
            }

            slot = (slot + 1) & _mask;
        }

        return -1;
    }
}
