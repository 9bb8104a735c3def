using System.IO.Compression;

namespace Millrace.Connectors.Iceberg;

/// <summary>Small files of a table in gzip, as a whole.</summary>
internal static class Gzip
{
    public static byte[] Compress(ReadOnlySpan<byte> content, CompressionLevel level)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, level, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }

    /// <param name="content">The compressed bytes.</param>
    /// <param name="maxBytes">Bytes that may come out of them.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    public static ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> content, int maxBytes, string file, string what)
    {
        using var gzip = new GZipStream(new MemoryStream(content.ToArray(), writable: false), CompressionMode.Decompress);
        using var target = new MemoryStream();
        byte[] part = new byte[64 << 10];
        try
        {
            for (int read; (read = gzip.Read(part)) > 0;)
            {
                target.Write(part, 0, read);
                if (target.Length > maxBytes)
                {
                    throw IcebergErrors.Limit(file, $"{what} has more than the {maxBytes} bytes allowed once it is decompressed");
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
