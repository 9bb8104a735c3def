namespace Millrace.Formats.Compression;

/// <summary>
/// Compresses and decompresses blocks that lie in memory: pages of Parquet, blocks of Avro. Instances are shared by all
/// threads; what state a codec needs, it pools. Any input is safe: damaged data ends in a <see cref="MillraceException"/>
/// of the MR24xx range and never reads or writes outside the spans.
/// </summary>
public abstract class BlockCodec
{
    /// <summary>Stands for the codec's own default in <see cref="Compress"/>.</summary>
    public const int DefaultLevel = int.MinValue;

    public static BlockCodec Uncompressed { get; } = new UncompressedCodec();

    public static BlockCodec Snappy { get; } = new SnappyCodec();

    /// <summary>Snappy followed by the big-endian CRC-32 of the uncompressed bytes, as Avro has it.</summary>
    public static BlockCodec SnappyWithCrc { get; } = new SnappyCrcCodec();

    public static BlockCodec Gzip { get; } = new GzipCodec();

    /// <summary>DEFLATE (RFC 1951) without a header.</summary>
    public static BlockCodec Deflate { get; } = new DeflateCodec();

    public static BlockCodec Zstd { get; } = new ZstdCodec();

    /// <summary>One LZ4 block without a frame.</summary>
    public static BlockCodec Lz4Raw { get; } = new Lz4RawCodec();

    /// <summary>LZ4 in Hadoop's framing, which Parquet's deprecated codec LZ4 uses.</summary>
    public static BlockCodec Lz4Hadoop { get; } = new Lz4HadoopCodec();

    public static BlockCodec Brotli { get; } = new BrotliCodec();

    /// <summary>Reads only.</summary>
    public static BlockCodec Bzip2 { get; } = new Bzip2Codec();

    /// <summary>Name in options and messages, lower case.</summary>
    public abstract string Name { get; }

    public virtual bool CanCompress => true;

    /// <summary>Lowest level; equal to <see cref="MaxLevel"/> for a codec without levels.</summary>
    public virtual int MinLevel => 0;

    public virtual int MaxLevel => 0;

    /// <summary>A size that <see cref="Compress"/> never exceeds for an input of <paramref name="length"/> bytes.</summary>
    public abstract int MaxCompressedLength(int length);

    /// <summary>Compresses a block and returns its size.</summary>
    /// <param name="source">The block.</param>
    /// <param name="target">At least <see cref="MaxCompressedLength"/> bytes; it does not overlap the source.</param>
    /// <param name="level">A level from <see cref="MinLevel"/> to <see cref="MaxLevel"/>, or <see cref="DefaultLevel"/>.</param>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> target, int level = DefaultLevel)
    {
        CheckLevel(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, MaxCompressedLength(source.Length), nameof(target));
        return CompressCore(source, target, level);
    }

    /// <summary>Decompresses a block that is exactly as long as <paramref name="target"/>; any other length is an error.</summary>
    public abstract void Decompress(ReadOnlySpan<byte> source, Span<byte> target);

    /// <summary>Decompresses a block of unknown length into a buffer that grows as needed, and returns the length.</summary>
    /// <param name="source">The compressed block.</param>
    /// <param name="target">Its earlier contents are lost.</param>
    /// <param name="limit">More bytes than this are an error: small data can claim to be huge.</param>
    public abstract int Decompress(ReadOnlySpan<byte> source, ScratchBuffer target, int limit);

    /// <summary>Throws when the codec does not have the level. A codec without levels has level 0.</summary>
    public void CheckLevel(int level)
    {
        if (level != DefaultLevel && (level < MinLevel || level > MaxLevel))
        {
            throw CompressionErrors.Level(Name, level, MinLevel, MaxLevel);
        }
    }

    protected abstract int CompressCore(ReadOnlySpan<byte> source, Span<byte> target, int level);
}
