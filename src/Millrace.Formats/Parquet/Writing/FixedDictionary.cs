using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The distinct numbers of a chunk, each with a code in the order in which they came. They are told apart by their bits, so
/// both zeros and every not-a-number stay what they are.
/// </summary>
internal sealed unsafe class FixedDictionary<T> : IDisposable
    where T : unmanaged
{
    private const int FirstSlots = 1 << 8;

    // Odd and unknown outside the process, so that no input can be made to collide.
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() | (1UL << 63) | 1;

    private readonly ByteBuffer _values = new();
    private NativeBuffer? _slots;
    private int _shift;
    private int _limit;

    /// <summary>Distinct values.</summary>
    public int Count { get; private set; }

    /// <summary>The values in plain encoding.</summary>
    public ReadOnlySpan<byte> Plain => _values.Written;

    /// <summary>Bytes that the values and the table over them take.</summary>
    public long MemoryBytes => _values.Capacity + (_slots?.Capacity ?? 0L);

    public T* Values => (T*)_values.Pointer;

    /// <summary>Writes the code of each value.</summary>
    public void Encode(ReadOnlySpan<T> values, int* codes)
    {
        if (_slots is null)
        {
            Resize(FirstSlots);
        }

        // A slot holds a code plus one, and zero where it is free.
        int* slots = (int*)_slots!.Pointer;
        int mask = (_limit * 2) - 1;
        int shift = _shift;
        T* known = Values;
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = Bits(values[i]);
            int slot = (int)((bits * Multiplier) >> shift);
            int code;
            while ((code = slots[slot]) != 0)
            {
                if (Bits(known[code - 1]) == bits)
                {
                    break;
                }

                slot = (slot + 1) & mask;
            }

            if (code == 0)
            {
                code = Add(values[i]);
                slots[slot] = code;
                known = Values;
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
        _values.Dispose();
        _slots?.Dispose();
        _slots = null;
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits(T value) => sizeof(T) == sizeof(uint) ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Add(T value)
    {
        _values.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
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
        for (int code = 0; code < Count; code++)
        {
            int slot = (int)((Bits(Values[code]) * Multiplier) >> _shift);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (count - 1);
            }

            slots[slot] = code + 1;
        }
    }
}
