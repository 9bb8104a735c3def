namespace Millrace.Formats.Parquet;

/// <summary>A page that waits in the arena until its row group is written.</summary>
/// <param name="Position">Where its header starts in the arena.</param>
/// <param name="Length">Bytes with the header, compressed.</param>
/// <param name="UncompressedLength">The same without compression.</param>
internal readonly record struct PagePlace(long Position, int Length, long UncompressedLength);

/// <summary>A data page and what the indexes say of it.</summary>
internal sealed record WrittenPage(PagePlace Place)
{
    public required PageType Type { get; init; }

    public required ParquetEncoding Encoding { get; init; }

    /// <summary>Number of its first row in the row group.</summary>
    public required long FirstRow { get; init; }

    public required int Rows { get; init; }

    /// <summary>Values with nulls and the entries for empty lists.</summary>
    public required int Entries { get; init; }

    /// <summary>Entries without a value.</summary>
    public required int Nulls { get; init; }

    /// <summary>Least and greatest value, if there are any.</summary>
    public required Bounds? Bounds { get; init; }

    /// <summary>Bytes of byte strings without lengths, before they were encoded.</summary>
    public required long? UnencodedBytes { get; init; }

    /// <summary>How often each level occurs; null where the other numbers tell.</summary>
    public required long[]? RepetitionHistogram { get; init; }

    public required long[]? DefinitionHistogram { get; init; }
}
