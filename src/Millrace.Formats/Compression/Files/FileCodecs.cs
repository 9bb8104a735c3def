using System.IO.Compression;

namespace Millrace.Formats.Compression;

/// <summary>
/// Files that are compressed as a whole. The streams own what they wrap. Data that is cut off or damaged ends in a
/// <see cref="MillraceException"/> with the file's name and the offset in it, never in a silent end.
/// </summary>
public static class FileCodecs
{
    /// <summary>Bytes at the start of a file that <see cref="Detect"/> looks at.</summary>
    public const int HeadSize = 4;

    private static readonly (FileCodec Codec, string Name, string[] Endings)[] Known =
    [
        (FileCodec.None, "none", []),
        (FileCodec.Gzip, "gzip", [".gz", ".gzip"]),
        (FileCodec.Zstd, "zstd", [".zst", ".zstd"]),
        (FileCodec.Bzip2, "bzip2", [".bz2"]),
    ];

    /// <summary>Name in options and messages.</summary>
    public static string Name(FileCodec codec) => Known[(int)codec].Name;

    /// <summary>The usual ending of files, with its dot; empty for <see cref="FileCodec.None"/>.</summary>
    public static string UsualEnding(FileCodec codec) => Known[(int)codec].Endings is [var ending, ..] ? ending : "";

    /// <summary>The codec of a name or an ending without its dot; an error with the nearest name if there is none.</summary>
    public static FileCodec Parse(string name)
    {
        foreach ((FileCodec codec, string known, string[] endings) in Known)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase) || endings.Contains("." + name, StringComparer.OrdinalIgnoreCase))
            {
                return codec;
            }
        }

        throw CompressionErrors.UnknownCodec(name, Known.Select(k => k.Name));
    }

    /// <summary>The ending of a path that tells a codec, with its dot; empty if there is none.</summary>
    public static string Ending(string path)
    {
        foreach ((_, _, string[] endings) in Known)
        {
            foreach (string ending in endings)
            {
                if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                {
                    return path[^ending.Length..];
                }
            }
        }

        return "";
    }

    /// <summary>The codec of an existing file by its first bytes, or of one yet to be written (no bytes) by its name.</summary>
    public static FileCodec Detect(string path, ReadOnlySpan<byte> head)
    {
        if (GzipHeader.IsMagic(head))
        {
            return FileCodec.Gzip;
        }

        if (ZstdStreamDecoder.IsMagic(head))
        {
            return FileCodec.Zstd;
        }

        if (head.StartsWith("BZh"u8))
        {
            return FileCodec.Bzip2;
        }

        string ending = Ending(path);
        return head.IsEmpty && ending.Length > 0 ? Parse(ending[1..]) : FileCodec.None;
    }

    /// <summary>A stream of the decompressed bytes. Disposing it disposes <paramref name="source"/>.</summary>
    /// <param name="source">The compressed bytes.</param>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="name">What the user calls the file.</param>
    public static Stream OpenRead(Stream source, FileCodec codec, string name) => codec switch
    {
        FileCodec.Gzip => new DecodingStream(source, new GzipStreamDecoder(), name),
        FileCodec.Zstd => new DecodingStream(source, new ZstdStreamDecoder(), name),
        FileCodec.Bzip2 => new DecodingStream(source, new Bzip2StreamDecoder(), name),
        _ => source,
    };

    /// <summary>A stream that compresses what is written to it. Disposing it writes the end and disposes <paramref name="target"/>.</summary>
    /// <param name="target">Takes the compressed bytes.</param>
    /// <param name="codec">How to compress.</param>
    /// <param name="level">A level of the codec, or null for its default.</param>
    public static Stream OpenWrite(Stream target, FileCodec codec, int? level = null)
    {
        switch (codec)
        {
            case FileCodec.Gzip:
                BlockCodec.Gzip.CheckLevel(level ?? BlockCodec.DefaultLevel);
                return new GzipWriteStream(target, new ZLibCompressionOptions { CompressionLevel = level ?? DeflateWriter.UsualLevel });
            case FileCodec.Zstd:
                BlockCodec.Zstd.CheckLevel(level ?? BlockCodec.DefaultLevel);
                return new ZstdWriteStream(target, level ?? ZstdCodec.UsualLevel);
            case FileCodec.Bzip2:
                throw FormatErrors.NotWritable.Error("Files compressed with bzip2 can be read but not written.", hint: "Use gzip or zstd.");
            default:
                return target;
        }
    }
}
