using System.IO.Compression;

namespace Millrace.Formats.Compression;

/// <summary>Compresses spans through the streams that .NET has for it.</summary>
internal static unsafe class DeflateWriter
{
    public const int UsualLevel = 6;
    public const int MaxLevel = 9;

    /// <summary>A gzip member that holds nothing.</summary>
    public static ReadOnlySpan<byte> EmptyGzip => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> EmptyDeflate => [3, 0];

    /// <summary>
    /// zlib stores what it cannot shrink; the fastest strategies spend up to nine bits on a byte first. The constant covers
    /// headers, trailers and the end of the last block.
    /// </summary>
    public static int MaxCompressedLength(int length) => checked(length + (length >> 3) + (length >> 10) + 128);

    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target, int level, bool gzip)
    {
        if (source.IsEmpty)
        {
            // The streams write nothing at all, not even a header, when they are given nothing.
            ReadOnlySpan<byte> empty = gzip ? EmptyGzip : EmptyDeflate;
            empty.CopyTo(target);
            return empty.Length;
        }

        fixed (byte* to = target)
        {
            using var stream = new UnmanagedMemoryStream(to, 0, target.Length, FileAccess.Write);
            var options = new ZLibCompressionOptions { CompressionLevel = level == BlockCodec.DefaultLevel ? UsualLevel : level };
            using (Stream deflate = gzip ? new GZipStream(stream, options, leaveOpen: true) : new DeflateStream(stream, options, leaveOpen: true))
            {
                deflate.Write(source);
            }

            return (int)stream.Position;
        }
    }
}
