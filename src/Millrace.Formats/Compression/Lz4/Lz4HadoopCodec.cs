using System.Buffers.Binary;

namespace Millrace.Formats.Compression;

/// <summary>
/// Frames of [uncompressed size][compressed size][block], sizes as 32-bit big-endian numbers. Writers disagreed on what
/// Parquet's old codec LZ4 means, so data that is not framed is read as a bare block.
/// </summary>
internal sealed class Lz4HadoopCodec : BlockCodec
{
    private const int FrameHeader = 8;

    public override string Name => "lz4";

    public override int MaxCompressedLength(int length) => checked(Lz4Raw.MaxCompressedLength(length) + FrameHeader);

    public override void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!TryDecodeFrames(source, target))
        {
            Lz4Raw.Decompress(source, target);
        }
    }

    public override int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit)
    {
        if (DeclaredLength(source) is not { } length)
        {
            return Lz4Raw.Decompress(source, target, limit);
        }

        if (length > limit)
        {
            throw CompressionErrors.TooLarge(Name, limit);
        }

        target.EnsureCapacity((int)length);
        Decompress(source, target.Span[..(int)length]);
        return (int)length;
    }

    protected override int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level)
    {
        int length = Lz4Raw.Compress(source, target[FrameHeader..], level);
        BinaryPrimitives.WriteInt32BigEndian(target, source.Length);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], length);
        return length + FrameHeader;
    }

    private static bool TryDecodeFrames(ReadOnlySpan<byte> source, Span<byte> target)
    {
        while (source.Length >= FrameHeader)
        {
            uint plain = BinaryPrimitives.ReadUInt32BigEndian(source);
            uint packed = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            source = source[FrameHeader..];
            if (packed > (uint)source.Length || plain > (uint)target.Length
                || Lz4RawCodec.TryDecode(source[..(int)packed], target[..(int)plain]) != (int)plain)
            {
                return false;
            }

            source = source[(int)packed..];
            target = target[(int)plain..];
        }

        return source.IsEmpty && target.IsEmpty;
    }

    // Sum of the frames' sizes; null when the data is not framed or claims more than LZ4 can expand to.
    private static long? DeclaredLength(ReadOnlySpan<byte> source)
    {
        long most = source.Length * 256L;
        long total = 0;
        while (source.Length >= FrameHeader)
        {
            total += BinaryPrimitives.ReadUInt32BigEndian(source);
            uint packed = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
            source = source[FrameHeader..];
            if (packed > (uint)source.Length || total > most)
            {
                return null;
            }

            source = source[(int)packed..];
        }

        return source.IsEmpty ? total : null;
    }
}
