using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>A set of keys in native memory. One thread uses it; its owner disposes it.</summary>
internal sealed unsafe class KeyTable : IDisposable
{
    private const int FirstCapacity = 1 << 10;

    private readonly int _maxCapacity;
    private NativeBuffer _slots;
    private int _capacity;

    /// <param name="maxCapacity">Slots that the table may grow to: a power of two.</param>
    public KeyTable(int maxCapacity)
    {
        _maxCapacity = Math.Max(maxCapacity, FirstCapacity);
        _capacity = FirstCapacity;
        _slots = BufferPool.RentZeroed(_capacity * Key128.Bytes);
    }

    public int Count { get; private set; }

    public bool IsFull => Count >= _maxCapacity / 4 * 3;

    private Key128* Slots => (Key128*)_slots.Pointer;

    public bool Contains(Key128 key)
    {
        Key128* slots = Slots;
        int mask = _capacity - 1;
        for (int at = (int)key.Low & mask; !slots[at].IsNone; at = (at + 1) & mask)
        {
            if (slots[at] == key)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a key that is not there. The table must not be full.</summary>
    public void Add(Key128 key)
    {
        if (Count >= _capacity / 4 * 3)
        {
            Grow();
        }

        Put(key);
        Count++;
    }

    /// <summary>All keys, in order. The caller returns the buffer.</summary>
    public NativeBuffer Sorted(out int count)
    {
        NativeBuffer keys = BufferPool.RentZeroed(Math.Max(1, Count) * Key128.Bytes);
        var target = (Key128*)keys.Pointer;
        count = 0;
        for (int i = 0; i < _capacity; i++)
        {
            if (!Slots[i].IsNone)
            {
                target[count++] = Slots[i];
            }
        }

        new Span<Key128>(target, count).Sort();
        return keys;
    }

    /// <summary>Adds all keys of another set, none of which is in this one, as far as it takes them; false if it did not take all.</summary>
    public bool TryAddAll(KeyTable other)
    {
        if (Count + other.Count > _maxCapacity / 4 * 3)
        {
            return false;
        }

        for (int i = 0; i < other._capacity; i++)
        {
            if (!other.Slots[i].IsNone)
            {
                Add(other.Slots[i]);
            }
        }

        return true;
    }

    /// <summary>Forgets all, and gives most of the memory back.</summary>
    public void Clear()
    {
        if (_capacity > FirstCapacity)
        {
            _slots.Dispose();
            _capacity = FirstCapacity;
            _slots = BufferPool.RentZeroed(_capacity * Key128.Bytes);
        }
        else
        {
            new Span<Key128>(Slots, _capacity).Clear();
        }

        Count = 0;
    }

    public void Dispose() => _slots.Dispose();

    private void Put(Key128 key)
    {
        Key128* slots = Slots;
        int mask = _capacity - 1;
        int at = (int)key.Low & mask;
        while (!slots[at].IsNone)
        {
            at = (at + 1) & mask;
        }

        slots[at] = key;
    }

    private void Grow()
    {
        NativeBuffer old = _slots;
        var from = (Key128*)old.Pointer;
        int count = _capacity;
        _capacity *= 2;
        _slots = BufferPool.RentZeroed(_capacity * Key128.Bytes);
        for (int i = 0; i < count; i++)
        {
            if (!from[i].IsNone)
            {
                Put(from[i]);
            }
        }

        old.Dispose();
    }
}
