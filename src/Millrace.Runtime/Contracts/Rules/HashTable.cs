using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>A set of hashes of 64 bits in native memory. One thread adds; then any number may look. Its owner disposes it.</summary>
internal sealed unsafe class HashTable : IDisposable
{
    private const int FirstCapacity = 1 << 10;

    private readonly int _maxCapacity;
    private NativeBuffer _slots;
    private ulong* _pointer;
    private ulong _mask;

    /// <param name="maxCapacity">Slots that the table may grow to: a power of two.</param>
    public HashTable(int maxCapacity)
    {
        _maxCapacity = Math.Max(maxCapacity, FirstCapacity);
        _slots = Rent(FirstCapacity);
    }

    public int Count { get; private set; }

    /// <summary>Values that fit.</summary>
    public int MaxCount => _maxCapacity / 4 * 3;

    public bool IsFull => Count >= MaxCount;

    public bool Contains(ulong hash)
    {
        ulong value = NotZero(hash);
        for (ulong at = value & _mask; _pointer[at] != 0; at = (at + 1) & _mask)
        {
            if (_pointer[at] == value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a hash; false if it was there. The table must not be full.</summary>
    public bool Add(ulong hash)
    {
        if (Count >= (int)(_mask + 1) / 4 * 3)
        {
            Grow();
        }

        ulong value = NotZero(hash);
        ulong at = value & _mask;
        for (; _pointer[at] != 0; at = (at + 1) & _mask)
        {
            if (_pointer[at] == value)
            {
                return false;
            }
        }

        _pointer[at] = value;
        Count++;
        return true;
    }

    /// <summary>Forgets all, and keeps the memory.</summary>
    public void Clear()
    {
        new Span<ulong>(_pointer, (int)(_mask + 1)).Clear();
        Count = 0;
    }

    public void Dispose() => _slots.Dispose();

    // Zero marks a free slot.
    private static ulong NotZero(ulong hash) => hash == 0 ? 1 : hash;

    private NativeBuffer Rent(int capacity)
    {
        NativeBuffer slots = BufferPool.RentZeroed(capacity * sizeof(ulong));
        _pointer = (ulong*)slots.Pointer;
        _mask = (ulong)capacity - 1;
        return slots;
    }

    private void Grow()
    {
        NativeBuffer old = _slots;
        ulong* from = _pointer;
        int count = (int)(_mask + 1);
        if (count >= _maxCapacity)
        {
            throw new InvalidOperationException("The table is full.");
        }

        _slots = Rent(count * 2);
        Count = 0;
        for (int i = 0; i < count; i++)
        {
            if (from[i] != 0)
            {
                Add(from[i]);
            }
        }

        old.Dispose();
    }
}
