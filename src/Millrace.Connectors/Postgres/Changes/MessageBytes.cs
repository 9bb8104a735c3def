using System.Buffers.Binary;
using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>Reads the fields of a message of pgoutput, none of which may lie behind its end.</summary>
internal ref struct MessageBytes(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Place of the next field in the message.</summary>
    public int At { get; private set; }

    public byte Byte() => _data[Take(1)];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(_data[Take(2)..]);

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(_data[Take(4)..]);

    public uint UInt32() => unchecked((uint)Int32());

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(_data[Take(8)..]);

    public ulong UInt64() => unchecked((ulong)Int64());

    /// <summary>A text that ends with a zero.</summary>
    public string Text()
    {
        int length = _data[At..].IndexOf((byte)0);
        if (length < 0)
        {
            throw TooShort();
        }

        string text = Encoding.UTF8.GetString(_data.Slice(At, length));
        At += length + 1;
        return text;
    }

    /// <summary>Passes over all that is left; its length.</summary>
    public int Rest()
    {
        int length = _data.Length - At;
        At = _data.Length;
        return length;
    }

    /// <summary>Passes over bytes; where they began.</summary>
    public int Take(int length)
    {
        if (length < 0 || length > _data.Length - At)
        {
            throw TooShort();
        }

        int at = At;
        At += length;
        return at;
    }

    private readonly Exception TooShort() => ChangeErrors.BrokenStream.Error($"A message of {_data.Length} bytes ends in the middle of a field.");
}
