namespace Millrace.Connectors.Iceberg;

/// <summary>What a manifest says of a file.</summary>
public enum EntryStatus
{
    /// <summary>It was there before the manifest.</summary>
    Existing = 0,
    Added = 1,

    /// <summary>It was taken out; readers leave it out.</summary>
    Deleted = 2,
}

/// <summary>One entry of a manifest.</summary>
/// <param name="Status">What became of the file.</param>
/// <param name="SnapshotId">The snapshot that added or deleted it.</param>
/// <param name="SequenceNumber">Order of its rows: deletes apply to files of smaller numbers. Null until the manifest is in a snapshot.</param>
/// <param name="FileSequenceNumber">When the file was added. Null until the manifest is in a snapshot.</param>
/// <param name="File">The file.</param>
public sealed record ManifestEntry(EntryStatus Status, long? SnapshotId, long? SequenceNumber, long? FileSequenceNumber, DataFile File)
{
    public bool IsLive => Status != EntryStatus.Deleted;
}

/// <summary>What a manifest is of.</summary>
public enum ManifestContent
{
    Data = 0,
    Deletes = 1,
}

/// <summary>A manifest as the list of a snapshot tells of it.</summary>
public sealed record ManifestFile
{
    public required string Path { get; init; }

    public required long Length { get; init; }

    public required int SpecId { get; init; }

    public ManifestContent Content { get; init; }

    /// <summary>Entries without a number of their own inherit it.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>The least number of the files in it.</summary>
    public long MinSequenceNumber { get; init; }

    public required long AddedSnapshotId { get; init; }

    /// <summary>Files by status; null where an old writer did not count.</summary>
    public int? AddedFiles { get; init; }

    public int? ExistingFiles { get; init; }

    public int? DeletedFiles { get; init; }

    public long? AddedRows { get; init; }

    public long? ExistingRows { get; init; }

    public long? DeletedRows { get; init; }

    /// <summary>A summary per partition field; empty where there is none.</summary>
    public IReadOnlyList<FieldSummary> Partitions { get; init; } = [];

    public byte[]? KeyMetadata { get; init; }

    /// <summary>Of version 3: id of the first row of the data files that have none.</summary>
    public long? FirstRowId { get; init; }

    /// <summary>Whether any file is left in it.</summary>
    public bool HasLive => AddedFiles is not 0 || ExistingFiles is not 0;
}

/// <summary>The values of one partition field over a manifest. Bounds leave out nulls and NaN.</summary>
public sealed record FieldSummary(bool HasNull, bool? HasNan, byte[]? Lower, byte[]? Upper);
