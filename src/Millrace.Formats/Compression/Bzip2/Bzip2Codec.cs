namespace Millrace.Formats.Compression;

/// <summary>Blocks that are whole bzip2 files. They can be read, not written.</summary>
internal sealed class Bzip2Codec : BlockCodec
{
    private const int FirstCapacity = 256 << 10;

    public override string Name => "bzip2";

    public override bool CanCompress => false;

    public override int MaxCompressedLength(int length) => throw NotWritable();

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        using var decoder = new Bzip2StreamDecoder();
        int total = 0;
        while (total < target.Length)
        {
            if (!TryStep(decoder, ref source, target[total..], out int written))
            {
                throw CompressionErrors.SizeMismatch(Name, total, target.Length);
            }

            total += written;
        }

        if (!IsAtEnd(decoder, ref source))
        {
            throw CompressionErrors.LongerThanDeclared(Name, target.Length);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        using var decoder = new Bzip2StreamDecoder();
        target.EnsureCapacity(Math.Min(FirstCapacity, limit));
        int total = 0;
        while (true)
        {
            if (total == Math.Min(target.Capacity, limit))
            {
                if (total == limit)
                {
                    return IsAtEnd(decoder, ref source) ? total : throw CompressionErrors.TooLarge(Name, limit);
                }

                target.Grow(FirstCapacity, limit, total);
            }

            if (!TryStep(decoder, ref source, target.Span[total..Math.Min(target.Capacity, limit)], out int written))
            {
                return total;
            }

            total += written;
        }
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level) => throw NotWritable();

    // False at the end of the data.
    private static bool TryStep(Bzip2StreamDecoder decoder, ref ReadOnlySpan<byte> source, scoped Span<byte> target, out int written)
    {
        try
        {
            DecodeStatus status = decoder.Decode(source, target, out int consumed, out written);
            source = source[consumed..];
            return status switch
            {
                DecodeStatus.Continue => true,
                DecodeStatus.AtBoundary => !source.IsEmpty,
                _ => throw CompressionErrors.Corrupt("bzip2", "it ends too early"),
            };
        }
        catch (DecodeException e)
        {
            throw e.FoundCrc is { } found
                ? CompressionErrors.ChecksumCode.Error($"The bzip2 data decompresses to bytes with CRC {found:x8}, expected {e.ExpectedCrc:x8}.")
                : CompressionErrors.Corrupt("bzip2", e.Message);
        }
    }

    private static bool IsAtEnd(Bzip2StreamDecoder decoder, ref ReadOnlySpan<byte> source)
    {
        Span<byte> one = stackalloc byte[1];
        while (TryStep(decoder, ref source, one, out int written))
        {
            if (written > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static MillraceException NotWritable() => FormatErrors.NotWritable.Error("Data cannot be compressed with bzip2, only decompressed.", hint: "Use zstd or deflate.");
}
