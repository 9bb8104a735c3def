using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Bytes that grow at the end, in pooled native memory. One thread uses it; its owner disposes it.</summary>
public sealed unsafe class ByteBuffer : IDisposable
{
    private NativeBuffer? _memory;
    private byte* _pointer;
    private int _capacity;
    private int _released;

    public ByteBuffer(int capacity = 0)
    {
        if (capacity > 0)
        {
            Grow(capacity);
        }
    }

    public int Length { get; private set; }

    /// <summary>Bytes of the memory, written or not.</summary>
    public int Capacity => _capacity;

    /// <summary>Start of the memory; null while there is none. Dead after the next write.</summary>
    public byte* Pointer => _pointer;

    /// <summary>What was written. Dead after the next write.</summary>
    public Span<byte> Written => new(_pointer, Length);

    /// <summary>What was written, for a call that takes memory. Dead after the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _memory is null ? default : _memory.Memory[..Length];

    /// <summary>Room for at least so many bytes at the end; <see cref="Advance"/> keeps what was written there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int minLength)
    {
        byte* start = Reserve(minLength);
        return new Span<byte>(start, _capacity - Length);
    }

    /// <inheritdoc cref="GetSpan"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Reserve(int minLength)
    {
        if (minLength > _capacity - Length)
        {
            Grow(minLength);
        }

        return _pointer + Length;
    }

    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _capacity - Length);
        Length += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (Length == _capacity)
        {
            Grow(1);
        }

        _pointer[Length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> value)
    {
        value.CopyTo(GetSpan(value.Length));
        Length += value.Length;
    }

    /// <summary>Forgets what was written after a place, or all of it; the memory stays for what comes next.</summary>
    public void Truncate(int length = 0)
    {
        Debug.Assert(length >= 0 && length <= Length);
        Length = length;
    }

    /// <summary>Forgets what was written and gives the memory back. What comes next gets as much again at once.</summary>
    public void Release()
    {
        int held = _capacity;
        Dispose();
        _released = Math.Max(_released, held);
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
        _pointer = null;
        _capacity = 0;
        Length = 0;
    }

    private void Grow(int count)
    {
        long need = (long)Length + count;
        if (need > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge("bytes");
        }

        NativeBuffer grown = BufferPool.Rent((int)Math.Min(Math.Max(need, Math.Max(_released, _capacity * 2L)), BufferPool.MaxCapacity));
        Written.CopyTo(grown.Span);
        _memory?.Dispose();
        _memory = grown;
        _pointer = grown.Pointer;
        _capacity = grown.Capacity;
    }
}
