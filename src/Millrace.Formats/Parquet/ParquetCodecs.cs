using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>From the codec numbers of the format to the codecs that do the work.</summary>
internal static class ParquetCodecs
{
    public static BlockCodec Get(CompressionCodec codec) => codec switch
    {
        CompressionCodec.Uncompressed => BlockCodec.Uncompressed,
        CompressionCodec.Snappy => BlockCodec.Snappy,
        CompressionCodec.Gzip => BlockCodec.Gzip,
        CompressionCodec.Brotli => BlockCodec.Brotli,
        CompressionCodec.Lz4 => BlockCodec.Lz4Hadoop,
        CompressionCodec.Zstd => BlockCodec.Zstd,
        CompressionCodec.Lz4Raw => BlockCodec.Lz4Raw,
        CompressionCodec.Lzo => throw ParquetErrors.NotSupported("Compression with LZO"),
        _ => throw ParquetErrors.NotSupported($"The compression codec {(int)codec}"),
    };
}
