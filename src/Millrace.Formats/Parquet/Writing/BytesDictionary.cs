using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The distinct byte strings of a chunk, each with a code in the order in which they came.</summary>
internal sealed unsafe class BytesDictionary(bool withLengths) : IDisposable
{
    private const int FirstSlots = 1 << 8;

    private readonly ByteBuffer _plain = new();
    private readonly ByteBuffer _entries = new();
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
            Entry* entry = (Entry*)_entries.Pointer + code;
            return new ByteView { Data = _plain.Pointer + entry->Start, Length = entry->Length };
        }
    }

    /// <summary>Writes the code of each value.</summary>
    /// <param name="values">The values.</param>
    /// <param name="end">End of the memory that holds them.</param>
    /// <param name="codes">As many places as values.</param>
    public void Encode(ReadOnlySpan<ByteView> values, byte* end, int* codes)
    {
        if (_slots is null)
        {
            Resize(FirstSlots);
        }

        // A slot holds a code plus one, and zero where it is free.
        int* slots = (int*)_slots!.Pointer;
        int mask = (_limit * 2) - 1;
        int shift = _shift;
        var entries = (Entry*)_entries.Pointer;
        for (int i = 0; i < values.Length; i++)
        {
            byte* data = values[i].Data;
            int length = values[i].Length;
            ByteKey.Load(data, length, end, out ulong low, out ulong high);
            int slot = (int)(ByteKey.Hash(low, high, length) >> shift);
            int code;
            while ((code = slots[slot]) != 0)
            {
                Entry* entry = entries + (code - 1);
                if (entry->Low == low && entry->High == high && entry->Length == length && (length <= ByteKey.MaxWhole || IsSame(entry, data)))
                {
                    break;
                }

                slot = (slot + 1) & mask;
            }

            if (code == 0)
            {
                code = Add(low, high, values[i]);
                slots[slot] = code;
                entries = (Entry*)_entries.Pointer;
                if (Count == _limit)
                {
                    Resize(_limit * 4);
                    slots = (int*)_slots.Pointer;
                    mask = (_limit * 2) - 1;
                    shift = _shift;
                }
            }

            codes[i] = code - 1;
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
    private bool IsSame(Entry* entry, byte* data)
        => new ReadOnlySpan<byte>(_plain.Pointer + entry->Start, entry->Length).SequenceEqual(new ReadOnlySpan<byte>(data, entry->Length));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Add(ulong low, ulong high, ByteView value)
    {
        if (withLengths)
        {
            _plain.AppendInt32(value.Length);
        }

        *(Entry*)_entries.Reserve(sizeof(Entry)) = new Entry(low, high, value.Length, _plain.Length);
        _entries.Advance(sizeof(Entry));
        _plain.Write(value.Span);
        return ++Count;
    }

    private void Resize(int count)
    {
        NativeBuffer grown = BufferPool.RentZeroed(count * sizeof(int));
        _slots?.Dispose();
        _slots = grown;
        _shift = 64 - BitOperations.Log2((uint)count);
        _limit = count / 2;
        int* slots = (int*)grown.Pointer;
        var entries = (Entry*)_entries.Pointer;
        for (int code = 0; code < Count; code++)
        {
            int slot = (int)(ByteKey.Hash(entries[code].Low, entries[code].High, entries[code].Length) >> _shift);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (count - 1);
            }

            slots[slot] = code + 1;
        }
    }

    private readonly struct Entry(ulong low, ulong high, int length, int start)
    {
        public readonly ulong Low = low;
        public readonly ulong High = high;
        public readonly int Length = length;
        public readonly int Start = start;
    }
}
