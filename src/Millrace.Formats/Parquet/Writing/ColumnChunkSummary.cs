namespace Millrace.Formats.Parquet;

/// <summary>What is known of a column chunk whose pages lie in the arena.</summary>
internal sealed class ColumnChunkSummary(LeafLayout leaf, CompressionCodec codec)
{
    private readonly SortedSet<ParquetEncoding> _encodings = [];
    private readonly SortedDictionary<(PageType Type, ParquetEncoding Encoding), int> _counts = [];
    private long[]? _repetitions;
    private long[]? _definitions;
    private long? _unencoded;
    private long _entries;
    private long _nulls;
    private long _compressed;
    private Bounds? _bounds;

    public LeafLayout Leaf => leaf;

    public List<WrittenPage> Pages { get; } = [];

    /// <summary>Stands before the data pages in the file.</summary>
    public PagePlace? Dictionary { get; private set; }

    public long Rows { get; private set; }

    public long UncompressedSize { get; private set; }

    /// <summary>Adds a data page.</summary>
    public void Add(WrittenPage page, ValueWriter values)
    {
        Pages.Add(page);
        Add(page.Place, page.Type, page.Encoding);
        Rows += page.Rows;
        _entries += page.Entries;
        _nulls += page.Nulls;
        _bounds = Merge(_bounds, page.Bounds, values);
        _unencoded = page.UnencodedBytes is { } bytes ? (_unencoded ?? 0) + bytes : null;
        _repetitions = Sum(_repetitions, page.RepetitionHistogram);
        _definitions = Sum(_definitions, page.DefinitionHistogram);
        if (leaf.MaxDefinition > 0 || leaf.MaxRepetition > 0)
        {
            _encodings.Add(ParquetEncoding.Rle);
        }
    }

    public void AddDictionary(PagePlace place)
    {
        Dictionary = place;
        Add(place, PageType.DictionaryPage, ParquetEncoding.Plain);
    }

    /// <summary>The metadata of the chunk when its first page stands at an offset of the file.</summary>
    public ColumnChunk Describe(long offset, bool statistics) => new()
    {
        Metadata = new ColumnMetadata
        {
            Type = leaf.Physical,
            Encodings = [.. _encodings],
            Path = leaf.Path,
            Codec = codec,
            ValueCount = _entries,
            UncompressedSize = UncompressedSize,
            CompressedSize = _compressed,
            DictionaryPageOffset = Dictionary is null ? null : offset,
            DataPageOffset = offset + (Dictionary?.Length ?? 0),
            Statistics = statistics ? DescribeValues() : null,
            SizeStatistics = statistics ? DescribeSizes() : null,
            EncodingStatistics = [.. _counts.Select(c => new PageEncodingStatistics { PageType = c.Key.Type, Encoding = c.Key.Encoding, Count = c.Value })],
        },
    };

    // A page without bounds adds none: its values are null or not a number.
    private static Bounds? Merge(Bounds? a, Bounds? b, ValueWriter values)
        => a is null || b is null ? a ?? b
            : ReferenceEquals(a, Bounds.Unknown) || ReferenceEquals(b, Bounds.Unknown) ? Bounds.Unknown
            : values.Merge(a, b);

    private static long[]? Sum(long[]? sums, long[]? histogram)
    {
        if (sums is null || histogram is null)
        {
            return histogram;
        }

        var total = new long[sums.Length];
        for (int i = 0; i < total.Length; i++)
        {
            total[i] = sums[i] + histogram[i];
        }

        return total;
    }

    private ColumnStatistics DescribeValues()
    {
        Bounds? bounds = ReferenceEquals(_bounds, Bounds.Unknown) ? null : _bounds;
        return new() { NullCount = _nulls, Min = bounds?.Min, Max = bounds?.Max, IsMinExact = bounds?.IsMinExact, IsMaxExact = bounds?.IsMaxExact };
    }

    private SizeStatistics? DescribeSizes()
        => _unencoded is null && _repetitions is null && _definitions is null
            ? null
            : new() { UnencodedByteArrayBytes = _unencoded, RepetitionLevels = _repetitions, DefinitionLevels = _definitions };

    private void Add(PagePlace place, PageType type, ParquetEncoding encoding)
    {
        _encodings.Add(encoding);
        _counts[(type, encoding)] = _counts.GetValueOrDefault((type, encoding)) + 1;
        _compressed += place.Length;
        UncompressedSize += place.UncompressedLength;
    }
}
