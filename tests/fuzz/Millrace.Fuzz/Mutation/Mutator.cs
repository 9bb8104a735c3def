using System.Buffers.Binary;

namespace Millrace.Fuzz;

/// <summary>Makes an input that is almost right out of one that is.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> tokens)
{
    public const int MaxLength = 1 << 20;

    private static readonly long[] Edges = [0, 1, -1, 2, 7, 8, 16, 64, 127, 128, 255, 256, 32_767, 65_535, 65_536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    public byte[] Next()
    {
        byte[] bytes = (byte[])corpus[random.Next(corpus.Count)].Clone();
        for (int left = 1 << random.Next(4); left > 0; left--)
        {
            bytes = Mutate(bytes);
        }

        return bytes.Length <= MaxLength ? bytes : bytes[..MaxLength];
    }

    private byte[] Mutate(byte[] bytes)
    {
        int at = Place(bytes.Length);
        int length = Math.Min(1 << random.Next(8), bytes.Length - at);
        switch (random.Next(12))
        {
            case 0 when bytes.Length > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when bytes.Length > 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2 when bytes.Length > 0:
                bytes[at] += (byte)(random.Next(2) == 0 ? 1 : -1);
                return bytes;
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return bytes[..at];
            case 6:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                return [.. bytes[..at], .. noise, .. bytes[(at + (random.Next(2) * length))..]];
            case 7:
                Number(bytes.AsSpan(at));
                return bytes;
            case 8:
                return [.. bytes[..at], .. Varint(), .. bytes[Math.Min(at + random.Next(3), bytes.Length)..]];
            case 9 when tokens.Count > 0:
                return [.. bytes[..at], .. tokens[random.Next(tokens.Count)], .. bytes[(at + (random.Next(2) * length))..]];
            case 10:
                byte[] other = corpus[random.Next(corpus.Count)];
                return [.. bytes[..at], .. other[Place(other.Length)..]];
            default:
                byte[] part = bytes[at..(at + length)];
                int target = Place(bytes.Length);
                return [.. bytes[..target], .. part, .. bytes[target..]];
        }
    }

    // Headers and footers decide most, so they are hit most.
    private int Place(int length) => random.Next(3) switch
    {
        0 => random.Next(Math.Min(length, 64) + 1),
        1 => length - random.Next(Math.Min(length, 512) + 1),
        _ => random.Next(length + 1),
    } is int at && at < length ? at : Math.Max(length - 1, 0);

    private void Number(Span<byte> target)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        long value = Edges[random.Next(Edges.Length)] + random.Next(-1, 2);
        int width = 1 << random.Next(4);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number = number[..width];
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number = number[^width..];
        }

        number[..Math.Min(width, target.Length)].CopyTo(target);
    }

    // In base 128, as Avro, Thrift, Snappy and others write lengths.
    private List<byte> Varint()
    {
        var bytes = new List<byte>();
        ulong value = (ulong)(random.Next(2) == 0 ? Edges[random.Next(Edges.Length)] : random.NextInt64() >> random.Next(64));
        while (value >= 0x80)
        {
            bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
