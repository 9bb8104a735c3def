namespace Millrace.Formats.Compression;

internal sealed unsafe class Lz4RawCodec : BlockCodec
{
    // A byte of length stands for at most 255 bytes of output.
    private const int MaxExpansion = 255;

    public override string Name => "lz4_raw";

    public override int MaxCompressedLength(int length) => checked(length + (length / 255) + 16);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int written = TryDecode(source, target);
        if (written != target.Length)
        {
            throw written < 0
                ? CompressionErrors.Corrupt(Name, $"it is not a block of {target.Length} bytes")
                : CompressionErrors.SizeMismatch(Name, written, target.Length);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        // A block does not say its length: try with ever more room up to what so many bytes can expand to.
        int most = (int)Math.Min((source.Length * (long)MaxExpansion) + 16, limit);
        target.EnsureCapacity(Math.Min(most, checked(source.Length * 4)));
        while (true)
        {
            int written = TryDecode(source, target.Span[..Math.Min(target.Capacity, most)]);
            if (written >= 0)
            {
                return written;
            }

            if (target.Capacity >= most)
            {
                throw CompressionErrors.Corrupt(Name, $"it is not a block of at most {most} bytes");
            }

            target.Grow(source.Length, most, keep: 0);
        }
    }

    /// <summary>The bytes written, or -1 when the data is damaged or needs more room.</summary>
    internal static int TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            return Lz4Decoder.Decode(from, from + source.Length, to, to + target.Length);
        }
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            return (int)(Lz4Encoder.Encode(from, source.Length, to) - to);
        }
    }
}
