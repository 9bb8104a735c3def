using System.Runtime.CompilerServices;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Avro;

/// <summary>Collects values in the binary encoding.</summary>
internal sealed unsafe class AvroOutput : IDisposable
{
    private readonly ScratchBuffer _buffer = new();
    private byte* _start;
    private int _capacity;

    public int Length { get; private set; }

    /// <summary>What was written since the last <see cref="Clear"/>. Dead after the next write.</summary>
    public ReadOnlySpan<byte> Span => new(_start, Length);

    /// <summary>The same for asynchronous writes.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.Memory[..Length];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value)
    {
        Reserve(AvroVarints.MaxLength);
        Length += AvroVarints.Write(new Span<byte>(_start + Length, AvroVarints.MaxLength), value);
    }

    public void WriteByte(byte value) => WriteRaw(value);

    /// <summary>Writes a value as it lies in memory; all numbers of fixed width are little-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw<T>(T value)
        where T : unmanaged
    {
        Reserve(sizeof(T));
        Unsafe.WriteUnaligned(_start + Length, value);
        Length += sizeof(T);
    }

    /// <summary>Writes the bytes of a fixed.</summary>
    public void WriteFixed(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(new Span<byte>(_start + Length, value.Length));
        Length += value.Length;
    }

    /// <summary>Writes bytes or text behind their length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteFixed(value);
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        _buffer.Dispose();
        _start = null;
        _capacity = 0;
        Length = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int bytes)
    {
        if (bytes > _capacity - Length)
        {
            Grow(bytes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        _buffer.EnsureCapacity((int)Math.Min(Math.Max((long)Length + bytes, _capacity * 2L), int.MaxValue), Length);
        _start = _buffer.Pointer;
        _capacity = _buffer.Capacity;
    }
}
