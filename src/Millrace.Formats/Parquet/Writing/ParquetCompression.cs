namespace Millrace.Formats.Parquet;

/// <summary>The codecs that pages can be written with.</summary>
public enum ParquetCompression
{
    None,
    Snappy,
    Gzip,
    Zstd,
    Lz4Raw,
    Brotli,
}

internal static class ParquetCompressionExtensions
{
    public static CompressionCodec ToCodec(this ParquetCompression compression) => compression switch
    {
        ParquetCompression.Snappy => CompressionCodec.Snappy,
        ParquetCompression.Gzip => CompressionCodec.Gzip,
        ParquetCompression.Zstd => CompressionCodec.Zstd,
        ParquetCompression.Lz4Raw => CompressionCodec.Lz4Raw,
        ParquetCompression.Brotli => CompressionCodec.Brotli,
        _ => CompressionCodec.Uncompressed,
    };
}
