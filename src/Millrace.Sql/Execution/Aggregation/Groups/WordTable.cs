using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Groups by one key of at most 8 bytes: open addressing with linear steps, at most half full.</summary>
internal sealed unsafe class WordTable(DataType type) : GroupTable
{
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;
    private const int StartBits = 8;

    // From here on a table grows to twice its size, before that to four times.
    private const int SlowBits = 18;

    private readonly GrowingArray<ulong> _scratch = new();
    private readonly GroupKeys _keys = new([type]);
    private GrowingArray<Slot> _slots = NewSlots(StartBits);
    private int _bits = StartBits;
    private int _used;
    private int _nullGroup = -1;

    public override long ByteSize => _slots.ByteSize + _keys.ByteSize + _scratch.ByteSize;

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
        _scratch.Dispose();
        _keys.Dispose();
        _slots.Dispose();
    }

    protected override void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups)
    {
        Column key = keys[0];
        int* firsts = _keys.Begin(rows);
        ulong* words = KeyWords.Of(key, _scratch);
        int noted;
        fixed (int* target = groups)
        {
            noted = key.HasNulls ? FindNullable(words, key.Validity, rows, target, firsts) : FindAll(words, rows, target, firsts);
        }

        _keys.End(keys, noted);
    }

    private static GrowingArray<Slot> NewSlots(int bits)
    {
        var slots = new GrowingArray<Slot>();
        slots.Resize(1 << bits);
        return slots;
    }

    private int FindAll(ulong* words, int rows, int* groups, int* firsts)
    {
        int noted = 0;
        Slot* slots = _slots.Pointer;
        int shift = 64 - _bits;
        uint mask = (1u << _bits) - 1;
        int ahead = _slots.ByteSize >= MemoryHints.WorthBytes ? rows - MemoryHints.Distance : 0;
        for (int row = 0; row < rows; row++)
        {
            if (row < ahead)
            {
                MemoryHints.WillRead(slots + Place(words[row + MemoryHints.Distance], shift));
            }

            ulong word = words[row];
            uint at = Place(word, shift);
            while (true)
            {
                Slot* slot = slots + at;
                if (slot->Next == 0)
                {
                    slot->Key = word;
                    slot->Next = ++Count;
                    groups[row] = Count - 1;
                    firsts[noted++] = row;
                    if (++_used * 2 > 1 << _bits)
                    {
                        Grow();
                        slots = _slots.Pointer;
                        shift = 64 - _bits;
                        mask = (1u << _bits) - 1;
                    }

                    break;
                }

                if (slot->Key == word)
                {
                    groups[row] = slot->Next - 1;
                    break;
                }

                at = (at + 1) & mask;
            }
        }

        return noted;
    }

    private int FindNullable(ulong* words, Bitmap validity, int rows, int* groups, int* firsts)
    {
        int noted = 0;
        for (int row = 0; row < rows; row++)
        {
            if (validity[row])
            {
                int before = Count;
                FindAll(words + row, 1, groups + row, firsts + noted);
                if (Count != before)
                {
                    firsts[noted++] = row;
                }

                continue;
            }

            if (_nullGroup < 0)
            {
                _nullGroup = Count++;
                firsts[noted++] = row;
            }

            groups[row] = _nullGroup;
        }

        return noted;
    }

    private static uint Place(ulong word, int shift) => (uint)(((word ^ (word >> 32)) * Golden) >> shift);

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
                uint at = Place(slot->Key, 64 - _bits);
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
        public ulong Key;
        public int Next;
    }
}
