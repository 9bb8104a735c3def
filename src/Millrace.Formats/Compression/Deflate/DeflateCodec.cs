namespace Millrace.Formats.Compression;

internal sealed class DeflateCodec : BlockCodec
{
    public override string Name => "deflate";

    public override int MaxLevel => DeflateWriter.MaxLevel;

    public override int MaxCompressedLength(int length) => DeflateWriter.MaxCompressedLength(length);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int written = InflateBlock.Exact(source, target, Name, out int consumed);
        if (written != target.Length)
        {
            throw CompressionErrors.SizeMismatch(Name, written, target.Length);
        }

        RequireEnd(source.Length - consumed);
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        int length = InflateBlock.Growing(source, target, 0, limit, Name, out int consumed);
        RequireEnd(source.Length - consumed);
        return length;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
        => DeflateWriter.Compress(source, target, level, gzip: false);

    private void RequireEnd(int left)
    {
        if (left != 0)
        {
            throw CompressionErrors.Corrupt(Name, $"{left} bytes follow its end");
        }
    }
}
