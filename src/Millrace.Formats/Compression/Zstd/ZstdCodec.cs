namespace Millrace.Formats.Compression;

/// <summary>Zstandard frames (RFC 8878) through the system's libzstd.</summary>
internal sealed unsafe class ZstdCodec : BlockCodec
{
    public const int UsualLevel = 3;

    // Buffers of this size are given without asking what the frame declares.
    private const int FirstCapacity = 64 << 10;

    public override string Name => "zstd";

    /// <summary>Negative levels trade ratio for speed.</summary>
    public override int MinLevel => -7;

    public override int MaxLevel => ZstdLibrary.Api.MaxLevel();

    public override int MaxCompressedLength(int length) => checked((int)ZstdLibrary.Api.CompressBound((nuint)length));

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ZstdDecompressor context = ZstdDecompressor.Pool.Rent();
        try
        {
            fixed (byte* from = source)
            fixed (byte* to = target)
            {
                byte none;
                nuint written = ZstdLibrary.Api.DecompressDCtx(context.Handle, target.IsEmpty ? &none : to, (nuint)target.Length, from, (nuint)source.Length);
                ZstdLibrary.Check(written);
                if (written != (nuint)target.Length)
                {
                    throw CompressionErrors.SizeMismatch(Name, (long)written, target.Length);
                }
            }
        }
        finally
        {
            ZstdDecompressor.Pool.Return(context);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        if (source.IsEmpty)
        {
            throw CompressionErrors.Corrupt(Name, "it has no frame");
        }

        ZstdDecompressor context = ZstdDecompressor.Pool.Rent();
        try
        {
            context.Reset();
            fixed (byte* from = source)
            {
                // What a frame declares is a hint: it is believed up to the limit, and no memory is touched before bytes arrive.
                ulong declared = ZstdLibrary.Api.GetFrameContentSize(from, (nuint)source.Length);
                if (declared < ZstdLibrary.ContentSizeError && declared > (ulong)limit)
                {
                    throw CompressionErrors.TooLarge(Name, limit);
                }

                int expected = declared < ZstdLibrary.ContentSizeError ? (int)declared : FirstCapacity;
                target.EnsureCapacity(Math.Min(Math.Max(expected, 1), limit));
                return DecompressFrames(context.Handle, from, source.Length, target, limit);
            }
        }
        finally
        {
            ZstdDecompressor.Pool.Return(context);
        }
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        ZstdCompressor context = ZstdCompressor.Pool.Rent();
        try
        {
            fixed (byte* from = source)
            fixed (byte* to = target)
            {
                return (int)ZstdLibrary.Check(ZstdLibrary.Api.CompressCCtx(
                    context.Handle, to, (nuint)target.Length, from, (nuint)source.Length, level == DefaultLevel ? UsualLevel : level));
            }
        }
        finally
        {
            ZstdCompressor.Pool.Return(context);
        }
    }

    private int DecompressFrames(nint context, byte* from, int length, ScratchBuffer target, int limit)
    {
        var input = new ZstdLibrary.Buffer { Pointer = from, Size = (nuint)length };
        int written = 0;
        while (true)
        {
            int room = Math.Min(target.Capacity, limit) - written;
            byte none;
            var output = new ZstdLibrary.Buffer { Pointer = room == 0 ? &none : target.Pointer + written, Size = (nuint)room };
            nuint left = ZstdLibrary.Check(ZstdLibrary.Api.DecompressStream(context, &output, &input));
            written += (int)output.Position;
            if (left == 0 && input.Position == input.Size)
            {
                return written;
            }

            if (output.Position == output.Size && left != 0)
            {
                if (written >= limit)
                {
                    throw CompressionErrors.TooLarge(Name, limit);
                }

                target.Grow(FirstCapacity, limit, written);
            }
            else if (input.Position == input.Size)
            {
                throw CompressionErrors.Corrupt(Name, "its last frame is not complete");
            }
        }
    }
}
