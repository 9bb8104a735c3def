using System.Buffers.Binary;

namespace Millrace.Formats.Compression;

internal sealed class SnappyCrcCodec : BlockCodec
{
    private const int CrcSize = 4;

    public override string Name => "snappy";

    public override int MaxCompressedLength(int length) => checked(Snappy.MaxCompressedLength(length) + CrcSize);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Snappy.Decompress(Body(source), target);
        Verify(source, target);
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        int length = Snappy.Decompress(Body(source), target, limit);
        Verify(source, target.Span[..length]);
        return length;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        int length = Snappy.Compress(source, target, level);
        BinaryPrimitives.WriteUInt32BigEndian(target[length..], Crc32.Compute(source));
        return length + CrcSize;
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> source)
        => source.Length >= CrcSize ? source[..^CrcSize] : throw CompressionErrors.Corrupt("snappy", "it is too short for its checksum");

    private static void Verify(ReadOnlySpan<byte> source, ReadOnlySpan<byte> data)
    {
        uint expected = BinaryPrimitives.ReadUInt32BigEndian(source[^CrcSize..]);
        uint found = Crc32.Compute(data);
        if (found != expected)
        {
            throw CompressionErrors.ChecksumCode.Error($"The snappy data decompresses to bytes with CRC {found:x8}, expected {expected:x8}.");
        }
    }
}
