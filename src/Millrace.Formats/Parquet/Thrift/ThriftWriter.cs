using System.Buffers.Binary;
using System.Text;

namespace Millrace.Formats.Parquet;

/// <summary>Writes Thrift's compact protocol into memory. A field whose value is null is left out.</summary>
public sealed class ThriftWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;
    private short _last;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Writes a struct that stands by itself.</summary>
    public void Root<T>(T value)
        where T : IThriftStruct<T>
    {
        short outer = _last;
        _last = 0;
        value.Write(this);
        Byte(0);
        _last = outer;
    }

    public void Bool(short id, bool? value)
    {
        if (value is { } b)
        {
            Head(id, b ? ThriftType.True : ThriftType.False);
        }
    }

    public void I8(short id, sbyte? value)
    {
        if (value is { } number)
        {
            Head(id, ThriftType.Byte);
            Byte((byte)number);
        }
    }

    public void I16(short id, short? value) => Integer(id, ThriftType.I16, value);

    public void I32(short id, int? value) => Integer(id, ThriftType.I32, value);

    public void I64(short id, long? value) => Integer(id, ThriftType.I64, value);

    public void Enum<TEnum>(short id, TEnum? value)
        where TEnum : unmanaged, Enum
        => Integer(id, ThriftType.I32, value is { } constant ? System.Runtime.CompilerServices.Unsafe.BitCast<TEnum, int>(constant) : null);

    public void Double(short id, double? value)
    {
        if (value is { } number)
        {
            Head(id, ThriftType.Double);
            BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), number);
        }
    }

    public void Binary(short id, byte[]? value)
    {
        if (value is not null)
        {
            Head(id, ThriftType.Binary);
            Bytes(value);
        }
    }

    public void String(short id, string? value) => Binary(id, value is null ? null : Encoding.UTF8.GetBytes(value));

    public void Struct<T>(short id, T? value)
        where T : class, IThriftStruct<T>
    {
        if (value is not null)
        {
            Head(id, ThriftType.Struct);
            Root(value);
        }
    }

    /// <summary>A struct without fields, as unions use them for constants.</summary>
    public void Empty(short id)
    {
        Head(id, ThriftType.Struct);
        Byte(0);
    }

    public void Structs<T>(short id, IReadOnlyList<T>? values)
        where T : class, IThriftStruct<T>
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.Struct, values.Count);
            foreach (T value in values)
            {
                Root(value);
            }
        }
    }

    public void Strings(short id, IReadOnlyList<string>? values)
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.Binary, values.Count);
            foreach (string value in values)
            {
                Bytes(Encoding.UTF8.GetBytes(value));
            }
        }
    }

    public void Binaries(short id, IReadOnlyList<byte[]>? values)
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.Binary, values.Count);
            foreach (byte[] value in values)
            {
                Bytes(value);
            }
        }
    }

    public void Longs(short id, long[]? values)
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.I64, values.Length);
            foreach (long value in values)
            {
                ZigZag(value);
            }
        }
    }

    public void Ints(short id, int[]? values)
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.I32, values.Length);
            foreach (int value in values)
            {
                ZigZag(value);
            }
        }
    }

    public void Bools(short id, bool[]? values)
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.True, values.Length);
            foreach (bool value in values)
            {
                Byte((byte)(value ? ThriftType.True : ThriftType.False));
            }
        }
    }

    public void Enums<TEnum>(short id, IReadOnlyList<TEnum>? values)
        where TEnum : unmanaged, Enum
    {
        if (values is not null)
        {
            ListHead(id, ThriftType.I32, values.Count);
            foreach (TEnum value in values)
            {
                ZigZag(System.Runtime.CompilerServices.Unsafe.BitCast<TEnum, int>(value));
            }
        }
    }

    private void Integer(short id, ThriftType type, long? value)
    {
        if (value is { } number)
        {
            Head(id, type);
            ZigZag(number);
        }
    }

    private void Head(short id, ThriftType type)
    {
        int delta = id - _last;
        if (delta is > 0 and < 16)
        {
            Byte((byte)((delta << 4) | (int)type));
        }
        else
        {
            Byte((byte)type);
            ZigZag(id);
        }

        _last = id;
    }

    private void ListHead(short id, ThriftType element, int count)
    {
        Head(id, ThriftType.List);
        if (count < 15)
        {
            Byte((byte)((count << 4) | (int)element));
        }
        else
        {
            Byte((byte)(0xF0 | (int)element));
            VarInt((ulong)count);
        }
    }

    private void Bytes(ReadOnlySpan<byte> value)
    {
        VarInt((ulong)value.Length);
        value.CopyTo(Take(value.Length));
    }

    private void ZigZag(long value) => VarInt((ulong)((value << 1) ^ (value >> 63)));

    private void VarInt(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private void Byte(byte value) => Take(1)[0] = value;

    private Span<byte> Take(int count)
    {
        if (count > _buffer.Length - _length)
        {
            Array.Resize(ref _buffer, checked(Math.Max(_buffer.Length * 2, _length + count)));
        }

        Span<byte> span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
