namespace Millrace.Formats.Compression;

internal sealed class UncompressedCodec : BlockCodec
{
    public override string Name => "uncompressed";

    public override int MaxCompressedLength(int length) => length;

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length != target.Length)
        {
            throw CompressionErrors.SizeMismatch(Name, source.Length, target.Length);
        }

        source.CopyTo(target);
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        if (source.Length > limit)
        {
            throw CompressionErrors.TooLarge(Name, limit);
        }

        target.EnsureCapacity(source.Length);
        source.CopyTo(target.Span);
        return source.Length;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        source.CopyTo(target);
        return source.Length;
    }
}
