using Millrace.Columnar;

namespace Millrace.Formats.Compression;

/// <summary>Pooled memory that grows and is used again for block after block. One thread uses it; its owner disposes it.</summary>
public sealed unsafe class ScratchBuffer : IDisposable
{
    private NativeBuffer? _buffer;

    public int Capacity => _buffer?.Capacity ?? 0;

    /// <summary>All of the memory. Dead after the next growth.</summary>
    public Span<byte> Span => _buffer is null ? default : _buffer.Span;

    /// <summary>The memory for asynchronous reads. Dead after the next growth.</summary>
    public Memory<byte> Memory => _buffer is null ? default : _buffer.Memory;

    public byte* Pointer => _buffer is null ? null : _buffer.Pointer;

    /// <summary>Makes room for at least so many bytes and keeps the first <paramref name="keep"/> of what is there.</summary>
    public void EnsureCapacity(int bytes, int keep = 0)
    {
        if (bytes <= Capacity && _buffer is not null)
        {
            return;
        }

        NativeBuffer grown = BufferPool.Rent(bytes);
        if (_buffer is not null)
        {
            _buffer.Span[..keep].CopyTo(grown.Span);
            _buffer.Dispose();
        }

        _buffer = grown;
    }

    /// <summary>Grows to about twice the capacity, at least to <paramref name="minimum"/> and at most to <paramref name="limit"/> bytes.</summary>
    public void Grow(int minimum, int limit, int keep)
        => EnsureCapacity((int)Math.Clamp(Capacity * 2L, Math.Min(minimum, limit), limit), keep);

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }
}
