using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Values in native memory that grow by doubling; new ones are zero. One thread uses it; its owner disposes it.</summary>
internal sealed unsafe class GrowingArray<T> : IDisposable
    where T : unmanaged
{
    private NativeBuffer? _memory;

    /// <summary>Values that can be used.</summary>
    public int Length { get; private set; }

    /// <summary>The first value; moves when the array grows.</summary>
    public T* Pointer { get; private set; }

    public long ByteSize => _memory?.Capacity ?? 0;

    /// <summary>Makes so many values usable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Resize(int length)
    {
        if (length > Length)
        {
            Grow(length);
        }
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
        Pointer = null;
        Length = 0;
    }

    private void Grow(int length)
    {
        int capacity = _memory is null ? 0 : _memory.Capacity / sizeof(T);
        if (length > capacity)
        {
            long wanted = Math.Max(length, Math.Max(16, capacity * 2L)) * sizeof(T);
            NativeBuffer grown = BufferPool.Rent((int)(wanted <= BufferPool.MaxCapacity ? wanted : Math.Min((long)length * sizeof(T), int.MaxValue)));
            new Span<byte>(Pointer, Length * sizeof(T)).CopyTo(grown.Span);
            _memory?.Dispose();
            _memory = grown;
            Pointer = (T*)grown.Pointer;
        }

        new Span<byte>(Pointer + Length, (length - Length) * sizeof(T)).Clear();
        Length = length;
    }
}
