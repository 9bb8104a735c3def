using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The distinct byte strings of a chunk, each with a code in the order in which they came.</summary>
internal sealed unsafe class BytesDictionary(bool withLengths) : IDisposable
{
    private const int FirstSlots = 1 << 8;

    private readonly EncodedBuffer _plain = new();
    private readonly EncodedBuffer _entries = new();
    private NativeBuffer? _slots;
    private int _shift;
    private int _limit;

    /// <summary>Distinct values.</summary>
    public int Count { get; private set; }

    /// <summary>The values in plain encoding: each after its length, unless all have the same.</summary>
    public ReadOnlySpan<byte> Plain => _plain.Written;

    /// <summary>Bytes that the values and the table over them take.</summary>
    public long MemoryBytes => (long)_plain.Capacity + _entries.Capacity + (_slots?.Capacity ?? 0);

    /// <summary>A value by its code. Dead after the next <see cref="Encode"/>.</summary>
    public ByteView this[int code]
    {
        get
        {
            Entry entry = ((Entry*)_entries.Pointer)[code];
            return new ByteView { Data = _plain.Pointer + entry.Start, Length = entry.Length };
        }
    }

    /// <summary>Writes the code of each value.</summary>
    public void Encode(ReadOnlySpan<ByteView> values, int* codes)
    {
        if (_slots is null)
        {
            Resize(FirstSlots);
        }

        // A slot holds the low half of the hash and, below it, a code plus one; zero where it is free.
        ulong* slots = (ulong*)_slots!.Pointer;
        int mask = (_limit * 2) - 1;
        int shift = _shift;
        var entries = (Entry*)_entries.Pointer;
        byte* plain = _plain.Pointer;
        for (int i = 0; i < values.Length; i++)
        {
            byte* data = values[i].Data;
            int length = values[i].Length;
            ulong hash = ByteHash.Compute(data, length);
            int slot = (int)(hash >> shift);
            uint tag = (uint)hash;
            ulong held;
            uint code = 0;
            while ((held = slots[slot]) != 0)
            {
                if ((uint)(held >> 32) == tag)
                {
                    Entry entry = entries[(uint)held - 1];
                    if (entry.Length == length && ByteHash.Equal(plain + entry.Start, data, length))
                    {
                        code = (uint)held;
                        break;
                    }
                }

                slot = (slot + 1) & mask;
            }

            if (code == 0)
            {
                code = Add(values[i]);
                slots[slot] = ((ulong)tag << 32) | code;
                if (Count == _limit)
                {
                    Resize(_limit * 4);
                    slots = (ulong*)_slots.Pointer;
                    mask = (_limit * 2) - 1;
                    shift = _shift;
                }

                entries = (Entry*)_entries.Pointer;
                plain = _plain.Pointer;
            }

            codes[i] = (int)code - 1;
        }
    }

    /// <summary>Forgets all values and gives the memory back.</summary>
    public void Clear() => Dispose();

    public void Dispose()
    {
        _plain.Dispose();
        _entries.Dispose();
        _slots?.Dispose();
        _slots = null;
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Add(ByteView value)
    {
        if (withLengths)
        {
            _plain.AppendInt32(value.Length);
        }

        *(Entry*)_entries.Reserve(sizeof(Entry)) = new Entry(_plain.Length, value.Length);
        _entries.Advance(sizeof(Entry));
        _plain.Append(value.Span);
        return (uint)++Count;
    }

    private void Resize(int count)
    {
        NativeBuffer grown = BufferPool.RentZeroed(count * sizeof(ulong));
        _slots?.Dispose();
        _slots = grown;
        _shift = 64 - BitOperations.Log2((uint)count);
        _limit = count / 2;
        ulong* slots = (ulong*)grown.Pointer;
        for (int code = 0; code < Count; code++)
        {
            ByteView value = this[code];
            ulong hash = ByteHash.Compute(value.Data, value.Length);
            int slot = (int)(hash >> _shift);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (count - 1);
            }

            slots[slot] = ((ulong)(uint)hash << 32) | (uint)(code + 1);
        }
    }

    private readonly record struct Entry(int Start, int Length);
}
