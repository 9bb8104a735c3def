namespace Millrace.Formats.Parquet;

/// <summary>What is known of a column chunk whose pages lie in the arena.</summary>
internal sealed class ColumnChunkSummary(LeafLayout leaf, CompressionCodec codec)
{
    private readonly HashSet<ParquetEncoding> _encodings = [];
    private readonly Dictionary<(PageType Type, ParquetEncoding Encoding), int> _counts = [];

    public LeafLayout Leaf => leaf;

    public List<WrittenPage> Pages { get; } = [];

    /// <summary>Stands before the data pages in the file.</summary>
    public WrittenPage? Dictionary { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Values with nulls and the entries for empty lists.</summary>
    public long Entries { get; private set; }

    public long Nulls { get; private set; }

    public long CompressedSize { get; private set; }

    public long UncompressedSize { get; private set; }

    public Bounds? Bounds { get; private set; }

    /// <summary>Adds a data page.</summary>
    public void Add(WrittenPage page, PageType type, ParquetEncoding encoding, int rows, int entries, long uncompressed, long? unencoded, ValueWriter values)
    {
        Pages.Add(page);
        Count(type, encoding);
        Rows += rows;
        Entries += entries;
        Nulls += page.Nulls;
        CompressedSize += page.Length;
        UncompressedSize += uncompressed;
        Bounds = Bounds is null || page.Bounds is null ? Bounds ?? page.Bounds : values.Merge(Bounds, page.Bounds);
        if (leaf.MaxDefinition > 0 || leaf.MaxRepetition > 0)
        {
            _encodings.Add(ParquetEncoding.Rle);
        }
    }

    public void AddDictionary(WrittenPage page, long uncompressed)
    {
        Dictionary = page;
        Count(PageType.DictionaryPage, ParquetEncoding.Plain);
        CompressedSize += page.Length;
        UncompressedSize += uncompressed;
    }

    /// <summary>The metadata of the chunk when its first page stands at an offset of the file.</summary>
    public ColumnChunk Describe(long offset, bool statistics) => new()
    {
        Metadata = new ColumnMetadata
        {
            Type = leaf.Physical,
            Encodings = [.. _encodings.Order()],
            Path = leaf.Path,
            Codec = codec,
            ValueCount = Entries,
            UncompressedSize = UncompressedSize,
            CompressedSize = CompressedSize,
            DictionaryPageOffset = Dictionary is null ? null : offset,
            DataPageOffset = offset + (Dictionary?.Length ?? 0),
            Statistics = statistics ? new ColumnStatistics { NullCount = Nulls, Min = Bounds?.Min, Max = Bounds?.Max } : null,
            EncodingStatistics = [.. _counts.Select(c => new PageEncodingStatistics { PageType = c.Key.Type, Encoding = c.Key.Encoding, Count = c.Value })],
        },
    };

    private void Count(PageType type, ParquetEncoding encoding)
    {
        _encodings.Add(encoding);
        _counts[(type, encoding)] = _counts.GetValueOrDefault((type, encoding)) + 1;
    }
}
