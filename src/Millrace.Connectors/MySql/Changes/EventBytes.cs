using System.Buffers.Binary;
using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>Reads the fields of an event of the binary log, none of which may lie behind its end. Numbers are little-endian.</summary>
internal ref struct EventBytes(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Place of the next field in the event.</summary>
    public int At { get; private set; }

    public readonly int Left => _data.Length - At;

    public byte Byte() => _data[Take(1)];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(_data[Take(2)..]);

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(_data[Take(4)..]);

    public ulong UInt48() => UInt32() | ((ulong)UInt16() << 32);

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(_data[Take(8)..]);

    /// <summary>A length of one to four bytes.</summary>
    public int Length(int bytes)
    {
        ReadOnlySpan<byte> digits = Bytes(bytes);
        uint length = 0;
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            length = (length << 8) | digits[i];
        }

        return (int)Math.Min(length, int.MaxValue);
    }

    /// <summary>A number of one to nine bytes ("Length-Encoded Integer").</summary>
    public ulong Packed()
    {
        byte first = Byte();
        return first switch
        {
            < 251 => first,
            252 => UInt16(),
            253 => UInt16() | ((ulong)Byte() << 16),
            254 => UInt64(),
            _ => throw LogErrors.Broken.Error($"An event has a number that begins with {first}."),
        };
    }

    /// <summary>A packed number that counts something which takes at least so many bytes of the event each.</summary>
    public int Count(int most)
    {
        ulong count = Packed();
        return count <= (ulong)most ? (int)count : throw LogErrors.Broken.Error($"An event of {_data.Length} bytes says that it holds {count} of something.");
    }

    public ReadOnlySpan<byte> Bytes(int length) => _data.Slice(Take(length), length);

    public ReadOnlySpan<byte> Rest() => Bytes(Left);

    /// <summary>A text with its length before it.</summary>
    public ReadOnlySpan<byte> PackedBytes() => Bytes(Count(Left));

    /// <summary>A text with its length in one byte before it, and a zero behind it.</summary>
    public string Name()
    {
        string text = Encoding.UTF8.GetString(Bytes(Byte()));
        Take(1);
        return text;
    }

    /// <summary>Passes over bytes; where they began.</summary>
    public int Take(int length)
    {
        if (length < 0 || length > _data.Length - At)
        {
            throw LogErrors.Broken.Error($"An event of {_data.Length} bytes ends in the middle of a field.");
        }

        int at = At;
        At += length;
        return at;
    }
}
