using System.IO.Compression;

namespace Millrace.Connectors.Iceberg;

/// <summary>A metadata file as bytes: JSON, or JSON in gzip, which is told by its content.</summary>
internal static class MetadataFile
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxBytes = 256 << 20;

    public static TableMetadata Decode(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Length > MaxBytes)
        {
            throw IcebergErrors.Limit(file, $"The metadata file has {content.Length} bytes, more than the {MaxBytes} allowed");
        }

        return MetadataReader.Read(content.Span.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? Gzip.Decompress(content, MaxBytes, file, "The metadata file") : content, file);
    }

    public static byte[] Encode(TableMetadata metadata, bool compress)
    {
        byte[] json = MetadataWriter.Write(metadata);
        return compress ? Gzip.Compress(json, CompressionLevel.Optimal) : json;
    }
}
