using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Finds byte strings that a builder holds by their rows: open addressing with linear steps, at most half full. A slot holds
/// half of the hash, so that bytes are seldom compared in vain.
/// </summary>
internal sealed unsafe class ByteTable(BinaryBuilder values) : IDisposable
{
    private const int StartBits = 8;

    private GrowingArray<Slot> _slots = NewSlots(StartBits);
    private int _bits = StartBits;
    private int _used;

    public long ByteSize => _slots.ByteSize;

    /// <summary>The row of a value, or -1 after noting that it becomes row <paramref name="next"/>: the caller then appends it.</summary>
    public int Find(ReadOnlySpan<byte> value, ulong hash, int next)
    {
        uint mask = (1u << _bits) - 1;
        uint at = (uint)hash & mask;
        var tag = (uint)(hash >> 32);
        while (true)
        {
            Slot* slot = _slots.Pointer + at;
            if (slot->Next == 0)
            {
                *slot = new Slot { Tag = tag, Low = (uint)hash, Next = next + 1 };
                if (++_used * 2 > 1 << _bits)
                {
                    Grow();
                }

                return -1;
            }

            if (slot->Tag == tag && values[slot->Next - 1].SequenceEqual(value))
            {
                return slot->Next - 1;
            }

            at = (at + 1) & mask;
        }
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>A hash of bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> value)
    {
        ulong hash = (ulong)value.Length * 0x9E37_79B9_7F4A_7C15;
        for (; value.Length >= 8; value = value[8..])
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(value));
        }

        ulong last = 0;
        value.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref last)));
        return Mix(hash, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong word)
    {
        ulong high = Math.BigMul(hash ^ word ^ 0xBB67_AE85_84CA_A73B, 0x9E37_79B9_7F4A_7C15, out ulong low);
        return high ^ low;
    }

    private static GrowingArray<Slot> NewSlots(int bits)
    {
        var slots = new GrowingArray<Slot>();
        slots.Resize(1 << bits);
        return slots;
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
                uint at = slot->Low & mask;
                while (_slots.Pointer[at].Next != 0)
                {
                    at = (at + 1) & mask;
                }

                _slots.Pointer[at] = *slot;
            }
        }

        old.Dispose();
    }

    // Next is the row and one more; zero is an empty slot.
    private struct Slot
    {
        public uint Tag;
        public uint Low;
        public int Next;
    }
}
