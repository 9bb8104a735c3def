using System.Numerics;

namespace Millrace.Columnar;

/// <summary>
/// Native memory in classes of powers of two. Small blocks are kept for reuse: freed one by one between others that live
/// on, they would only leave holes. Those with pages of their own are kept as long as all that is kept is within
/// <see cref="MaxCachedBytes"/>; what goes beyond that is given back to the system, so a burst does not stay resident.
/// </summary>
/// <remarks>
/// <para>How long a view of a buffer lives:</para>
/// <list type="table">
/// <item><term><see cref="Column"/> and its spans</term><description>until the column's last <see cref="Column.Dispose"/></description></item>
/// <item><term>a slice</term><description>its own life: it holds references of its own</description></item>
/// <item><term>builder memory</term><description>moves to the column at <see cref="ColumnBuilder.Build"/>; earlier spans are dead</description></item>
/// <item><term><see cref="NativeBuffer"/> rented as scratch</term><description>until the renter disposes it, at the latest at the end of the batch</description></item>
/// </list>
/// </remarks>
public static unsafe class BufferPool
{
    /// <summary>Alignment of every buffer, in bytes: a cache line, and the widest vector register.</summary>
    public const int Alignment = 64;

    /// <summary>The largest buffer, in bytes.</summary>
    public const int MaxCapacity = int.MaxValue - 1023;

    private const int MinClass = 6;
    private const int MaxCachedClass = 24;

    private static readonly Cache[] Caches = CreateCaches();
    private static long _inUse;
    private static long _cached;

    /// <summary>Most bytes kept for reuse, unless small blocks alone are more.</summary>
    public static long MaxCachedBytes { get; set; } = 6 << 20;

    /// <summary>Bytes that are rented now.</summary>
    public static long BytesInUse => Interlocked.Read(ref _inUse);

    /// <summary>Bytes kept for reuse now.</summary>
    public static long BytesCached => Interlocked.Read(ref _cached);

    /// <summary>Rents at least <paramref name="bytes"/> bytes. The contents are whatever was there before.</summary>
    public static NativeBuffer Rent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        int capacity = RoundUp(bytes);
        byte* pointer = TakeOrAllocate(capacity);
        Interlocked.Add(ref _inUse, capacity);
        return new NativeBuffer(pointer, capacity, RentalScope.Record(capacity));
    }

    /// <summary>Rents memory that is all zero.</summary>
    public static NativeBuffer RentZeroed(int bytes)
    {
        NativeBuffer buffer = Rent(bytes);
        buffer.Span.Clear();
        return buffer;
    }

    /// <summary>Gives all cached memory back to the system.</summary>
    public static void Trim()
    {
        for (int i = 0; i < Caches.Length; i++)
        {
            while (Caches[i].TryTake(out nint pointer))
            {
                CountCached(1 << (i + MinClass), -1);
                BufferGuard.Free((byte*)pointer, 1 << (i + MinClass));
            }
        }
    }

    internal static void Return(byte* pointer, int capacity)
    {
        BufferGuard.Check(pointer, capacity);
        Interlocked.Add(ref _inUse, -capacity);
        int index = ClassOf(capacity);
        if (index >= 0 && (capacity < NativePages.MinOwnPages || Interlocked.Read(ref _cached) + capacity <= MaxCachedBytes))
        {
            Caches[index].Add((nint)pointer);
            CountCached(capacity, 1);
            return;
        }

        BufferGuard.Free(pointer, capacity);
    }

    private static int RoundUp(int bytes)
    {
        if (bytes > MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge($"{bytes} bytes");
        }

        if (bytes <= 1 << MinClass)
        {
            return 1 << MinClass;
        }

        // Beyond the cached classes a power of two would waste too much.
        return bytes <= 1 << MaxCachedClass
            ? (int)BitOperations.RoundUpToPowerOf2((uint)bytes)
            : (int)(((long)bytes + 1023) & ~1023L);
    }

    private static int ClassOf(int capacity)
        => BitOperations.IsPow2(capacity) && capacity <= 1 << MaxCachedClass ? BitOperations.Log2((uint)capacity) - MinClass : -1;

    private static byte* TakeOrAllocate(int capacity)
    {
        int index = ClassOf(capacity);
        if (index >= 0 && Caches[index].TryTake(out nint pointer))
        {
            CountCached(capacity, -1);
            return (byte*)pointer;
        }

        return BufferGuard.Allocate(capacity);
    }

    private static void CountCached(int capacity, int sign)
        => Interlocked.Add(ref _cached, (long)sign * capacity);

    private static Cache[] CreateCaches()
    {
        var caches = new Cache[MaxCachedClass - MinClass + 1];
        for (int i = 0; i < caches.Length; i++)
        {
            caches[i] = new Cache();
        }

        return caches;
    }

    // A stack: the block freed last is the one most likely still in the processor's cache.
    private sealed class Cache
    {
        private readonly Lock _lock = new();
        private nint[] _slots = new nint[64];
        private int _count;

        public bool TryTake(out nint pointer)
        {
            lock (_lock)
            {
                if (_count == 0)
                {
                    pointer = 0;
                    return false;
                }

                pointer = _slots[--_count];
                return true;
            }
        }

        public void Add(nint pointer)
        {
            lock (_lock)
            {
                if (_count == _slots.Length)
                {
                    Array.Resize(ref _slots, _count * 2);
                }

                _slots[_count++] = pointer;
            }
        }
    }
}
