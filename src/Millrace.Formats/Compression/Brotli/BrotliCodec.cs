using System.Buffers;
using System.IO.Compression;

namespace Millrace.Formats.Compression;

/// <summary>Brotli (RFC 7932).</summary>
internal sealed class BrotliCodec : BlockCodec
{
    // The library's own default of 11 is some fifty times slower for a tenth less size.
    private const int UsualLevel = 5;
    private const int WindowBits = 22;
    private const int FirstCapacity = 64 << 10;

    public override string Name => "brotli";

    public override int MaxLevel => 11;

    public override int MaxCompressedLength(int length) => BrotliEncoder.GetMaxCompressedLength(length);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        using var decoder = default(BrotliDecoder);
        Span<byte> none = stackalloc byte[1];
        OperationStatus status = decoder.Decompress(source, target.IsEmpty ? none : target, out int consumed, out int written);
        if (status == OperationStatus.DestinationTooSmall || (status == OperationStatus.Done && written > target.Length))
        {
            throw CompressionErrors.LongerThanDeclared(Name, target.Length);
        }

        RequireDone(status, source.Length - consumed);
        if (written != target.Length)
        {
            throw CompressionErrors.SizeMismatch(Name, written, target.Length);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        using var decoder = default(BrotliDecoder);
        target.EnsureCapacity(Math.Min(FirstCapacity, limit));
        int total = 0;
        while (true)
        {
            Span<byte> room = target.Span[total..Math.Min(target.Capacity, limit)];
            OperationStatus status = decoder.Decompress(source, room, out int consumed, out int written);
            source = source[consumed..];
            total += written;
            if (status != OperationStatus.DestinationTooSmall)
            {
                RequireDone(status, source.Length);
                return total;
            }

            if (total >= limit)
            {
                throw CompressionErrors.TooLarge(Name, limit);
            }

            target.Grow(FirstCapacity, limit, total);
        }
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
        => BrotliEncoder.TryCompress(source, target, out int written, level == DefaultLevel ? UsualLevel : level, WindowBits)
            ? written
            : throw new System.Diagnostics.UnreachableException();

    private void RequireDone(OperationStatus status, int left)
    {
        if (status != OperationStatus.Done)
        {
            throw CompressionErrors.Corrupt(Name, status == OperationStatus.NeedMoreData ? "it ends too early" : "it is not valid");
        }

        if (left != 0)
        {
            throw CompressionErrors.Corrupt(Name, $"{left} bytes follow its end");
        }
    }
}
