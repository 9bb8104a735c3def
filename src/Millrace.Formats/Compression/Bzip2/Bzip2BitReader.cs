namespace Millrace.Formats.Compression;

/// <summary>Reads bits, the highest of a byte first. Beyond the end it reads zeros and <see cref="Overrun"/> becomes true.</summary>
internal ref struct Bzip2BitReader(ReadOnlySpan<byte> data, int bitOffset)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Bits read so far, those before the start included.</summary>
    public long Position { get; private set; } = bitOffset;

    public readonly bool Overrun => Position > _data.Length * 8L;

    public uint Read(int count)
    {
        uint value = Peek(count);
        Position += count;
        return value;
    }

    /// <summary>Up to 25 bits.</summary>
    public readonly uint Peek(int count)
    {
        int at = (int)Math.Min(Position >> 3, _data.Length);
        uint word = 0;
        if (_data.Length - at >= 4)
        {
            word = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_data[at..]);
        }
        else
        {
            for (int i = 0; i < 4; i++)
            {
                word = (word << 8) | (at + i < _data.Length ? _data[at + i] : 0u);
            }
        }

        return (word << (int)(Position & 7)) >> (32 - count);
    }

    public void Skip(int count) => Position += count;
}
