using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Groups by two keys, each of which is mostly a word: a value of at most 8 bytes, or text of at most 7. Rows with a null or
/// longer text are odd: their keys are looked up as byte strings. A key is odd or not by its values alone, so that one group
/// never stands in both places.
/// </summary>
internal sealed unsafe class PairTable : GroupTable
{
    private const int StartBits = 8;

    // From here on a table grows to twice its size, before that to four times.
    private const int SlowBits = 18;

    private readonly DataType[] _types;
    private readonly GroupKeys _keys;
    private readonly GrowingArray<ulong> _first = new();
    private readonly GrowingArray<ulong> _second = new();
    private readonly GrowingArray<bool> _odd = new();
    private GrowingArray<Slot> _slots = NewSlots(StartBits);
    private int _bits = StartBits;
    private int _used;
    private OddKeys? _oddKeys;

    public PairTable(DataType[] types)
    {
        _types = types;
        _keys = new GroupKeys(types);
    }

    public override long ByteSize => _slots.ByteSize + _keys.ByteSize + _first.ByteSize + _second.ByteSize + _odd.ByteSize + (_oddKeys?.ByteSize ?? 0);

    /// <summary>Whether keys of these types can be told apart here.</summary>
    public static bool Fits(ReadOnlySpan<DataType> types) => types.Length == 2 && Fits(types[0]) && Fits(types[1]);

    public override Column[] TakeKeys()
    {
        Column[] keys = _keys.Build();
        Count = 0;
        return keys;
    }

    public override Column[] CopyKeys() => _keys.Copy();

    public override void Dispose()
    {
        base.Dispose();
        _keys.Dispose();
        _first.Dispose();
        _second.Dispose();
        _odd.Dispose();
        _slots.Dispose();
        _oddKeys?.Dispose();
    }

    protected override void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups)
    {
        _odd.Resize(rows);
        var odd = new Span<bool>(_odd.Pointer, rows);
        odd.Clear();
        ulong* first = Words(keys[0], _types[0], _first, _odd.Pointer);
        ulong* second = Words(keys[1], _types[1], _second, _odd.Pointer);
        int* firsts = _keys.Begin(rows);
        int noted = 0;
        fixed (int* target = groups)
        {
            int from = 0;
            while (from < rows)
            {
                int words = odd[from..].IndexOf(true);
                int stop = words < 0 ? rows : from + words;
                FindRange(first, second, from, stop, target, firsts, ref noted);
                if (stop < rows)
                {
                    _oddKeys ??= new OddKeys();
                    int group = _oddKeys.Find(keys, rows, stop, Count);
                    if (group == Count)
                    {
                        Count++;
                        firsts[noted++] = stop;
                    }

                    target[stop++] = group;
                }

                from = stop;
            }
        }

        _oddKeys?.EndBatch();
        _keys.End(keys, noted);
    }

    private static bool Fits(DataType type) => KeyWords.Fit(type) || type.Layout == TypeLayout.VarBinary;

    private static ulong* Words(Column key, DataType type, GrowingArray<ulong> scratch, bool* odd)
    {
        if (key.HasNulls)
        {
            Bitmap validity = key.Validity;
            for (int row = 0; row < key.Length; row++)
            {
                odd[row] |= !validity[row];
            }
        }

        return type.Layout == TypeLayout.VarBinary ? KeyWords.OfText((BinaryColumn)key, scratch, odd) : KeyWords.Of(key, scratch);
    }

    private void FindRange(ulong* first, ulong* second, int start, int stop, int* groups, int* firsts, ref int noted)
    {
        Slot* slots = _slots.Pointer;
        int shift = 64 - _bits;
        uint mask = (1u << _bits) - 1;
        int ahead = _slots.ByteSize >= MemoryHints.WorthBytes ? stop - MemoryHints.Distance : start;
        for (int row = start; row < stop; row++)
        {
            if (row < ahead)
            {
                MemoryHints.WillRead(slots + Place(first[row + MemoryHints.Distance], second[row + MemoryHints.Distance], shift));
            }

            ulong a = first[row];
            ulong b = second[row];
            Slot* slot = slots + Place(a, b, shift);
            while ((slot->First != a || slot->Second != b) && slot->Next != 0)
            {
                slot = slots + ((uint)(slot - slots + 1) & mask);
            }

            if (slot->Next != 0)
            {
                groups[row] = slot->Next - 1;
                continue;
            }

            *slot = new Slot { First = a, Second = b, Next = ++Count };
            groups[row] = Count - 1;
            firsts[noted++] = row;
            if (++_used * 2 > 1 << _bits)
            {
                Grow();
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
    private static uint Place(ulong first, ulong second, int shift)
    {
        ulong mixed = ((first ^ (first >> 32)) * 0xBB67_AE85_84CA_A73B) ^ second;
        return (uint)((mixed ^ (mixed >> 32)) * 0x9E37_79B9_7F4A_7C15 >> shift);
    }

    private void Grow()
    {
        GrowingArray<Slot> old = _slots;
        _bits += _bits < SlowBits ? 2 : 1;
        _slots = NewSlots(_bits);
        uint mask = (1u << _bits) - 1;
        for (Slot* slot = old.Pointer; slot < old.Pointer + old.Length; slot++)
        {
            if (slot->Next != 0)
            {
                uint at = Place(slot->First, slot->Second, 64 - _bits);
                while (_slots.Pointer[at].Next != 0)
                {
                    at = (at + 1) & mask;
                }

                _slots.Pointer[at] = *slot;
            }
        }

        old.Dispose();
    }

    // Next is the group's number and one more; zero is an empty slot.
    private struct Slot
    {
        public ulong First;
        public ulong Second;
        public int Next;
    }
}
