using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Groups by one byte string. Those of at most 23 bytes lie in the slots themselves, as three words of which the last byte
/// is the length; longer ones are looked up by their bytes.
/// </summary>
internal sealed unsafe class TextTable : GroupTable
{
    private const int MaxShort = 23;
    private const int StartBits = 8;

    // Ones, then zeros: from 32 less the length on, as many ones as a value has bytes.
    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    private readonly BinaryBuilder _values;
    private readonly ByteTable _long;
    private GrowingArray<Slot> _slots = NewSlots(StartBits);
    private int _bits = StartBits;
    private int _used;
    private int _nullGroup = -1;

    public TextTable(DataType type)
    {
        _values = new BinaryBuilder(type, 0);
        _long = new ByteTable(_values);
    }

    // The builder's memory grows by doubling: offsets and bytes count twice.
    public override long ByteSize => _slots.ByteSize + _long.ByteSize + (2L * _values.DataLength) + (8L * _values.Length);

    public override Column[] TakeKeys()
    {
        Count = 0;
        return [_values.Build()];
    }

    public override Column[] CopyKeys()
    {
        Column values = _values.Build();
        _values.AppendRange(values, 0, values.Length);
        return [values];
    }

    public override void Dispose()
    {
        base.Dispose();
        _values.Dispose();
        _long.Dispose();
        _slots.Dispose();
    }

    protected override void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups)
    {
        var column = (BinaryColumn)keys[0];
        fixed (int* offsets = column.Offsets)
        fixed (byte* data = column.Data)
        fixed (int* target = groups)
        {
            byte* end = data + column.Data.Length;
            if (!column.HasNulls)
            {
                FindRange(data, end, offsets, 0, rows, target);
                return;
            }

            Bitmap validity = column.Validity;
            for (int row = 0; row < rows;)
            {
                int start = row;
                while (row < rows && validity[row])
                {
                    row++;
                }

                FindRange(data, end, offsets, start, row, target);
                for (; row < rows && !validity[row]; row++)
                {
                    target[row] = NullGroup();
                }
            }
        }
    }

    // Common case first: a short value that is known. Everything else is another method's.
    private void FindRange(byte* data, byte* end, int* offsets, int start, int stop, int* groups)
    {
        Slot* slots = _slots.Pointer;
        int shift = 64 - _bits;
        uint mask = (1u << _bits) - 1;
        fixed (byte* masks = Masks)
        {
            for (int row = start; row < stop; row++)
            {
                byte* value = data + offsets[row];
                int length = offsets[row + 1] - offsets[row];
                if (length <= MaxShort && end - value >= sizeof(Slot))
                {
                    // Bytes behind the value are cut off.
                    Vector256<ulong> words = (Vector256.Load(value) & Vector256.Load(masks + sizeof(Slot) - length)).AsUInt64()
                        | Vector256.Create(0, 0, (ulong)length << 56, 0);
                    Slot* slot = slots + Place(words[0], words[1], words[2], shift);
                    while (!slot->Holds(words) && slot->Next != 0)
                    {
                        slot = slots + ((uint)(slot - slots + 1) & mask);
                    }

                    if (slot->Next != 0)
                    {
                        groups[row] = (int)slot->Next - 1;
                        continue;
                    }
                }

                groups[row] = length <= MaxShort ? FindShort(value, length) : FindLong(new ReadOnlySpan<byte>(value, length));
                slots = _slots.Pointer;
                shift = 64 - _bits;
                mask = (1u << _bits) - 1;
            }
        }
    }

    private static GrowingArray<Slot> NewSlots(int bits)
    {
        var slots = new GrowingArray<Slot>();
        slots.Resize(1 << bits);
        return slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Place(ulong low, ulong middle, ulong high, int shift)
    {
        ulong mixed = (low * 0xBB67_AE85_84CA_A73B) ^ (middle * 0xC2B2_AE3D_27D4_EB4F) ^ high;
        return (uint)((mixed ^ (mixed >> 32)) * 0x9E37_79B9_7F4A_7C15 >> shift);
    }

    private int FindShort(byte* value, int length)
    {
        Slot key = default;
        new ReadOnlySpan<byte>(value, length).CopyTo(new Span<byte>(&key, MaxShort));
        key.High |= (ulong)length << 56;
        uint mask = (1u << _bits) - 1;
        uint at = Place(key.Low, key.Middle, key.High, 64 - _bits);
        while (true)
        {
            Slot* slot = _slots.Pointer + at;
            if (slot->Next == 0)
            {
                return AddShort(slot, key, new ReadOnlySpan<byte>(value, length));
            }

            if (slot->Low == key.Low && slot->Middle == key.Middle && slot->High == key.High)
            {
                return (int)slot->Next - 1;
            }

            at = (at + 1) & mask;
        }
    }

    private int AddShort(Slot* slot, Slot key, ReadOnlySpan<byte> value)
    {
        *slot = key with { Next = Count + 1 };
        _values.Append(value);
        if (++_used * 2 > 1 << _bits)
        {
            Grow();
        }

        return Count++;
    }

    private int FindLong(ReadOnlySpan<byte> value)
    {
        int found = _long.Find(value, ByteTable.Hash(value), Count);
        if (found >= 0)
        {
            return found;
        }

        _values.Append(value);
        return Count++;
    }

    private int NullGroup()
    {
        if (_nullGroup < 0)
        {
            _nullGroup = Count++;
            _values.AppendNull();
        }

        return _nullGroup;
    }

    private void Grow()
    {
        GrowingArray<Slot> old = _slots;
        _bits++;
        _slots = NewSlots(_bits);
        uint mask = (1u << _bits) - 1;
        for (Slot* slot = old.Pointer; slot < old.Pointer + old.Length; slot++)
        {
            if (slot->Next != 0)
            {
                uint at = Place(slot->Low, slot->Middle, slot->High, 64 - _bits);
                while (_slots.Pointer[at].Next != 0)
                {
                    at = (at + 1) & mask;
                }

                _slots.Pointer[at] = *slot;
            }
        }

        old.Dispose();
    }

    // As long as a vector. Next is the group's number and one more; zero is an empty slot.
    private struct Slot
    {
        public ulong Low;
        public ulong Middle;
        public ulong High;
        public long Next;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Holds(Vector256<ulong> words)
            => (Vector256.Equals(Vector256.LoadUnsafe(in Low), words).ExtractMostSignificantBits() & 0b111) == 0b111;
    }
}
