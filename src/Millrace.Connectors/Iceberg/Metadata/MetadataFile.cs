using System.IO.Compression;

namespace Millrace.Connectors.Iceberg;

/// <summary>A metadata file as bytes: JSON, or JSON in gzip, which is told by its content.</summary>
internal static class MetadataFile
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxBytes = 64 << 20;

    public static TableMetadata Decode(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Length > MaxBytes)
        {
            throw IcebergErrors.Limit(file, $"The metadata file has {content.Length} bytes, more than the {MaxBytes} allowed");
        }

        return MetadataReader.Read(content.Span.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? Inflate(content, file) : content, file);
    }

    public static byte[] Encode(TableMetadata metadata, bool compress)
    {
        byte[] json = MetadataWriter.Write(metadata);
        if (!compress)
        {
            return json;
        }

        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(json);
        }

        return target.ToArray();
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> content, string file)
    {
        using var source = new MemoryStream(content.ToArray(), writable: false);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var target = new MemoryStream();
        byte[] part = new byte[64 << 10];
        try
        {
            for (int read; (read = gzip.Read(part)) > 0;)
            {
                target.Write(part, 0, read);
                if (target.Length > MaxBytes)
                {
                    throw IcebergErrors.Limit(file, $"The metadata file has more than the {MaxBytes} bytes allowed once it is decompressed");
                }
            }
        }
        catch (InvalidDataException)
        {
            throw IcebergErrors.Metadata(file, "", "its gzip stream is damaged");
        }

        return target.GetBuffer().AsMemory(0, (int)target.Length);
    }
}
