using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Native memory that grows and is handed over to a column when it is full of values. Its owner disposes it.</summary>
internal sealed unsafe class OutputBuffer : IDisposable
{
    private NativeBuffer? _buffer;

    public int Capacity { get; private set; }

    public byte* Pointer { get; private set; }

    /// <summary>Makes room for so many bytes in all and keeps the first <paramref name="keep"/>.</summary>
    public void Ensure(long bytes, int keep)
    {
        if (bytes <= Capacity && _buffer is not null)
        {
            return;
        }

        if (bytes > BufferPool.MaxCapacity)
        {
            throw ParquetErrors.BatchTooLarge(BufferPool.MaxCapacity);
        }

        // Growing by half at least keeps the copying in proportion.
        long wanted = Math.Min(BufferPool.MaxCapacity, Math.Max(bytes, Capacity + (Capacity / 2L)));
        NativeBuffer grown = BufferPool.Rent((int)wanted);
        if (_buffer is not null)
        {
            Buffer.MemoryCopy(Pointer, grown.Pointer, grown.Capacity, keep);
            _buffer.Dispose();
        }

        _buffer = grown;
        Pointer = grown.Pointer;
        Capacity = grown.Capacity;
    }

    /// <summary>Gives the memory away; the buffer is empty after that.</summary>
    public NativeBuffer Detach()
    {
        Ensure(0, 0);
        NativeBuffer buffer = _buffer!;
        _buffer = null;
        Pointer = null;
        Capacity = 0;
        return buffer;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        Pointer = null;
        Capacity = 0;
    }
}
