using System.Buffers.Binary;

namespace Millrace.Formats.Compression;

/// <summary>Gzip (RFC 1952): one or more members, each checked against its length and CRC.</summary>
internal sealed class GzipCodec : BlockCodec
{
    public override string Name => "gzip";

    public override int MaxLevel => DeflateWriter.MaxLevel;

    public override int MaxCompressedLength(int length) => DeflateWriter.MaxCompressedLength(length);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int done = 0;
        do
        {
            source = source[HeaderSize(source)..];
            int written = InflateBlock.Exact(source, target[done..], Name, out int consumed);
            source = CheckTrailer(source[consumed..], target.Slice(done, written));
            done += written;
        }
        while (!source.IsEmpty);
        if (done != target.Length)
        {
            throw CompressionErrors.SizeMismatch(Name, done, target.Length);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        int done = 0;
        do
        {
            source = source[HeaderSize(source)..];
            int end = InflateBlock.Growing(source, target, done, limit, Name, out int consumed);
            source = CheckTrailer(source[consumed..], target.Span[done..end]);
            done = end;
        }
        while (!source.IsEmpty);
        return done;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
        => DeflateWriter.Compress(source, target, level, gzip: true);

    private int HeaderSize(ReadOnlySpan<byte> source)
    {
        int size = GzipHeader.Measure(source);
        return size > 0 ? size : throw CompressionErrors.Corrupt(Name, size < 0 ? "it does not begin with a gzip header" : "it ends inside a header");
    }

    private ReadOnlySpan<byte> CheckTrailer(ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> data)
    {
        if (trailer.Length < GzipHeader.TrailerSize)
        {
            throw CompressionErrors.Corrupt(Name, "it ends before its checksum");
        }

        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        uint found = Crc32.Compute(data);
        if (found != expected || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)data.Length)
        {
            throw CompressionErrors.ChecksumCode.Error($"The gzip data decompresses to {data.Length} bytes with CRC {found:x8}, expected {expected:x8}.");
        }

        return trailer[GzipHeader.TrailerSize..];
    }
}
