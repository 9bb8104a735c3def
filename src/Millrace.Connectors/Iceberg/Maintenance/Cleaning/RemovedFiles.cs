namespace Millrace.Connectors.Iceberg;

/// <summary>Files that were removed, or would be, by what they were.</summary>
public sealed record RemovedFiles
{
    public long DataFiles { get; init; }

    public long DeleteFiles { get; init; }

    public long Manifests { get; init; }

    /// <summary>Lists of manifests.</summary>
    public long Lists { get; init; }

    /// <summary>Metadata, statistics, checkpoints and what is of no kind that is known.</summary>
    public long Others { get; init; }

    /// <summary>Bytes, of those whose size is known.</summary>
    public long Bytes { get; init; }

    public long Count => DataFiles + DeleteFiles + Manifests + Lists + Others;
}
