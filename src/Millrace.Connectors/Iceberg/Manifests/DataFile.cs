using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>What a file holds.</summary>
public enum FileContent
{
    Data = 0,
    PositionDeletes = 1,
    EqualityDeletes = 2,
}

/// <summary>A file of rows, or of deletes, as a manifest tells of it. Immutable.</summary>
public sealed record DataFile
{
    public const string Parquet = "PARQUET";

    /// <summary>The format of deletion vectors.</summary>
    public const string Puffin = "PUFFIN";

    public FileContent Content { get; init; }

    public required string Path { get; init; }

    /// <summary>Name of the format, in capitals.</summary>
    public string Format { get; init; } = Parquet;

    /// <summary>Values for the fields of the spec with <see cref="SpecId"/>.</summary>
    public PartitionTuple Partition { get; init; } = PartitionTuple.Empty;

    /// <summary>Not in the file's own entry: manifests are of one spec each.</summary>
    public int SpecId { get; init; }

    public required long Rows { get; init; }

    public required long Bytes { get; init; }

    public FileMetrics Metrics { get; init; } = FileMetrics.None;

    /// <summary>Where row groups begin.</summary>
    public IReadOnlyList<long> SplitOffsets { get; init; } = [];

    /// <summary>Of equality deletes: ids of the columns that are compared.</summary>
    public IReadOnlyList<int> EqualityIds { get; init; } = [];

    public int? SortOrderId { get; init; }

    /// <summary>Of position deletes: the only file they are for; null for several.</summary>
    public string? ReferencedFile { get; init; }

    /// <summary>Of a deletion vector (version 3): where it begins in its Puffin file.</summary>
    public long? ContentOffset { get; init; }

    /// <summary>Of a deletion vector: how many bytes it has.</summary>
    public long? ContentSize { get; init; }

    public bool IsVector => Format == Puffin;

    public byte[]? KeyMetadata { get; init; }

    /// <summary>Of version 3: id of the first row.</summary>
    public long? FirstRowId { get; init; }
}

/// <summary>Figures of the columns of a file, by field id. Bounds are in the form of <see cref="SingleValue"/>'s bytes.</summary>
public sealed record FileMetrics
{
    public static FileMetrics None { get; } = new();

    public ImmutableSortedDictionary<int, long> ColumnSizes { get; init; } = ImmutableSortedDictionary<int, long>.Empty;

    /// <summary>Values with nulls and NaN; for lists of their elements.</summary>
    public ImmutableSortedDictionary<int, long> ValueCounts { get; init; } = ImmutableSortedDictionary<int, long>.Empty;

    public ImmutableSortedDictionary<int, long> NullCounts { get; init; } = ImmutableSortedDictionary<int, long>.Empty;

    public ImmutableSortedDictionary<int, long> NanCounts { get; init; } = ImmutableSortedDictionary<int, long>.Empty;

    /// <summary>At most the least value.</summary>
    public ImmutableSortedDictionary<int, byte[]> LowerBounds { get; init; } = ImmutableSortedDictionary<int, byte[]>.Empty;

    /// <summary>At least the greatest value.</summary>
    public ImmutableSortedDictionary<int, byte[]> UpperBounds { get; init; } = ImmutableSortedDictionary<int, byte[]>.Empty;
}
