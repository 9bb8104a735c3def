using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Pooled memory that encoders append to. One thread uses it; its owner disposes it.</summary>
internal sealed unsafe class EncodedBuffer : IDisposable
{
    private NativeBuffer? _buffer;
    private byte* _pointer;
    private int _capacity;

    public int Length { get; private set; }

    public int Capacity => _capacity;

    /// <summary>Start of the memory. Dead after the next growth.</summary>
    public byte* Pointer => _pointer;

    public ReadOnlySpan<byte> Written => new(_pointer, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for so many more bytes; <see cref="Advance"/> makes them part of the contents. Dead after the next growth.</summary>
    public byte* Reserve(int bytes)
    {
        if (bytes > _capacity - Length)
        {
            Grow(bytes);
        }

        return _pointer + Length;
    }

    public void Advance(int bytes) => Length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(Reserve(bytes.Length), bytes.Length));
        Length += bytes.Length;
    }

    public void AppendByte(byte value)
    {
        *Reserve(1) = value;
        Length++;
    }

    public void AppendInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(Reserve(sizeof(int)), sizeof(int)), value);
        Length += sizeof(int);
    }

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    public void AppendVarInt(ulong value)
    {
        byte* at = Reserve(10);
        int used = 0;
        while (value >= 0x80)
        {
            at[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        at[used++] = (byte)value;
        Length += used;
    }

    public void AppendZigZag(long value) => AppendVarInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Overwrites four bytes, such as a length that is known only after what it counts was written.</summary>
    public void PutInt32(int position, int value) => BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(_pointer + position, sizeof(int)), value);

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        _pointer = null;
        _capacity = 0;
        Length = 0;
    }

    private void Grow(int bytes)
    {
        const int smallest = 4096;
        long wanted = Math.Max((long)Length + bytes, Math.Max(smallest, Math.Min(_capacity * 2L, BufferPool.MaxCapacity)));
        // Beyond the largest buffer renting fails with its own message.
        NativeBuffer grown = BufferPool.Rent((int)Math.Min(wanted, int.MaxValue));
        new ReadOnlySpan<byte>(_pointer, Length).CopyTo(grown.Span);
        _buffer?.Dispose();
        _buffer = grown;
        _pointer = grown.Pointer;
        _capacity = grown.Capacity;
    }
}
