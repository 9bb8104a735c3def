using Millrace.Formats.Compression;

namespace Millrace.Formats.Avro;

/// <summary>The codecs of object container files by their names in the metadata.</summary>
internal static class AvroCodecs
{
    public const string None = "null";

    private static readonly (string Name, BlockCodec Codec)[] Known =
    [
        (None, BlockCodec.Uncompressed),
        ("deflate", BlockCodec.Deflate),
        ("snappy", BlockCodec.SnappyWithCrc),
        ("zstandard", BlockCodec.Zstd),
        ("bzip2", BlockCodec.Bzip2),
    ];

    public static IEnumerable<string> Names => Known.Select(k => k.Name);

    public static IEnumerable<string> WritableNames => Known.Where(k => k.Codec.CanCompress).Select(k => k.Name);

    /// <summary>The codec of a name; null if there is none.</summary>
    public static BlockCodec? Find(string name)
    {
        foreach ((string known, BlockCodec codec) in Known)
        {
            if (known == name)
            {
                return codec;
            }
        }

        return null;
    }
}
