using System.Diagnostics;

namespace Millrace.Formats.Compression;

/// <summary>Snappy's raw format: the length as a varint, then literals and copies.</summary>
internal sealed unsafe class SnappyCodec : BlockCodec
{
    public override string Name => "snappy";

    // Every 60 literal bytes need one byte of tag, and a stretch without matches is a single literal; the reserve covers the
    // wide stores of the encoder.
    public override int MaxCompressedLength(int length) => checked(32 + length + (length / 6));

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int header = ReadLength(source, out uint length);
        if (length != (uint)target.Length)
        {
            throw CompressionErrors.SizeMismatch(Name, length, target.Length);
        }

        Decode(source[header..], target);
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        int header = ReadLength(source, out uint length);
        if (length > (uint)limit)
        {
            throw CompressionErrors.TooLarge(Name, limit);
        }

        // The densest element is a copy of 64 bytes in 3: a header that claims more than that lies, and nothing is allocated for it.
        if (length > (source.Length - header) * 22L)
        {
            throw CompressionErrors.Corrupt(Name, $"{source.Length} bytes cannot hold the {length} bytes that they declare");
        }

        target.EnsureCapacity((int)length);
        Decode(source[header..], target.Span[..(int)length]);
        return (int)length;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            byte* at = to;
            uint length = (uint)source.Length;
            while (length >= 0x80)
            {
                *at++ = (byte)(length | 0x80);
                length >>= 7;
            }

            *at++ = (byte)length;
            at = SnappyEncoder.Encode(from, source.Length, at);
            Debug.Assert(at - to <= target.Length);
            return (int)(at - to);
        }
    }

    private static int ReadLength(ReadOnlySpan<byte> source, out uint length)
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(source.Length, 5); i++)
        {
            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                length = (uint)value;
                return value <= uint.MaxValue ? i + 1 : throw CompressionErrors.Corrupt("snappy", "its length does not fit 32 bits");
            }
        }

        throw CompressionErrors.Corrupt("snappy", "it does not begin with a length");
    }

    private static void Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            if (!SnappyDecoder.Decode(from, from + source.Length, to, to + target.Length))
            {
                throw CompressionErrors.Corrupt("snappy", "an element reaches outside the data");
            }
        }
    }
}
