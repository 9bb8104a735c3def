using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Millrace.Formats.Parquet;

/// <summary>Options of Parquet files, for reading and for writing.</summary>
public sealed record ParquetOptions : FormatOptions
{
    [Description("When reading: whether pages that carry a checksum are compared with it.")]
    public bool VerifyChecksums { get; init; } = true;

    [Description("When reading: the largest footer, in bytes, that is accepted.")]
    [Range(1024, int.MaxValue)]
    public int MaxFooterBytes { get; init; } = 256 << 20;

    [Description("When reading: the largest page, in bytes before compression, that is accepted.")]
    [Range(1024, int.MaxValue)]
    public int MaxPageBytes { get; init; } = 512 << 20;

    [Description("When writing: how pages are compressed.")]
    public ParquetCompression Compression { get; init; } = ParquetCompression.Snappy;

    [Description("When writing: the level of the compression; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("When writing: bytes of pages, compressed, after which a row group ends. They are held in memory until then. If left out, 8 MiB, more for tables of many columns, at most 12 MiB.")]
    [Range(1 << 16, 1 << 30)]
    public int? RowGroupBytes { get; init; }

    [Description("When writing: rows after which a row group ends.")]
    [Range(1, int.MaxValue)]
    public int RowGroupRows { get; init; } = 1 << 20;

    [Description("When writing: bytes of values, before compression, after which a page ends.")]
    [Range(1 << 10, 1 << 28)]
    public int PageBytes { get; init; } = 1 << 20;

    // Five batches of the usual size.
    [Description("When writing: rows after which a page ends. Readers that use the page index skip whole pages.")]
    [Range(1, int.MaxValue)]
    public int PageRows { get; init; } = 20_480;

    [Description("When writing: 1, or 2 for pages whose levels are not compressed.")]
    [Range(1, 2)]
    public int DataPageVersion { get; init; } = 1;

    [Description("When writing: whether values that repeat are stored once and then by number. Each column falls back where that does not pay.")]
    public bool Dictionary { get; init; } = true;

    [Description("When writing: bytes after which the dictionary of a column takes no more values. If left out, 1 MiB, less for tables of many columns.")]
    [Range(1, 1 << 28)]
    public int? DictionaryBytes { get; init; }

    [Description("When writing: whether whole numbers are stored as differences and texts with their lengths apart, where no dictionary pays. Switch it off for old readers that know only plain values and dictionaries.")]
    public bool DeltaEncodings { get; init; } = true;

    [Description("When writing: encodings by column, with dots between the names of nested ones: plain, dictionary, rle, delta_binary_packed, delta_length_byte_array, delta_byte_array, byte_stream_split.")]
    public IReadOnlyDictionary<string, string>? Encodings { get; init; }

    [Description("When writing: whether the smallest and greatest values and the counts of nulls are stored, by which readers skip what they do not need.")]
    public bool Statistics { get; init; } = true;

    [Description("When writing: whether the smallest and greatest values of each page are stored too, with the place of each page.")]
    public bool PageIndex { get; init; } = true;

    [Description("When writing: whether pages carry a checksum.")]
    public bool PageChecksums { get; init; }

    [Description("When writing: columns that get a bloom filter, with dots between the names of nested ones. It lets readers skip row groups that lack a value.")]
    public IReadOnlyList<string>? BloomFilters { get; init; }

    [Description("When writing: the share of values not there that a bloom filter lets through. Smaller takes more room.")]
    [Range(0.0001, 0.5)]
    public double BloomFilterFalsePositives { get; init; } = 0.01;

    [Description("When writing: further properties of the file.")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public override IEnumerable<string> Validate()
    {
        foreach ((string column, string encoding) in Encodings ?? new Dictionary<string, string>())
        {
            if (!LeafEncoding.Names.ContainsKey(encoding))
            {
                yield return $"encodings: '{encoding}' of column {column} is not one of {string.Join(", ", LeafEncoding.Names.Keys)}{NearestName.Suggest(encoding, LeafEncoding.Names.Keys)}.";
            }
        }

        Formats.Compression.BlockCodec codec = ParquetCodecs.Get(Compression.ToCodec());
        if (CompressionLevel is { } level && (level < codec.MinLevel || level > codec.MaxLevel))
        {
            yield return codec.MinLevel == codec.MaxLevel
                ? $"compression_level: {codec.Name} has no levels."
                : $"compression_level: {codec.Name} has levels {codec.MinLevel} to {codec.MaxLevel}, found {level}.";
        }
    }
}
