using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of one data file that a snapshot added or removed.</summary>
internal sealed record SnapshotSplit : Split
{
    public required Snapshot Snapshot { get; init; }

    /// <summary>The snapshot that was read before; null for none.</summary>
    public required long? Before { get; init; }

    /// <summary>The file, with the deletes that concern its rows; null where the snapshot has no rows, and only its place is kept.</summary>
    public ScanTask? Task { get; init; }

    /// <summary>Whether the rows are gone.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Where not all rows of the file are gone: the files of deletes by which they are.</summary>
    public ScanTask? By { get; init; }
}
