using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>The state of a table after one commit.</summary>
public sealed record Snapshot
{
    public required long Id { get; init; }

    public long? ParentId { get; init; }

    /// <summary>Order of the commits of a table; 0 in version 1.</summary>
    public long SequenceNumber { get; init; }

    public required long TimestampMs { get; init; }

    /// <summary>Path of the list of manifests; null where <see cref="Manifests"/> names them one by one.</summary>
    public string? ManifestList { get; init; }

    /// <summary>Paths of the manifests, in old tables of version 1.</summary>
    public IReadOnlyList<string> Manifests { get; init; } = [];

    /// <summary>What the commit did, and totals; <c>operation</c> among them.</summary>
    public ImmutableSortedDictionary<string, string> Summary { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public int? SchemaId { get; init; }

    /// <summary>Of version 3: id of the first row that the commit added.</summary>
    public long? FirstRowId { get; init; }

    /// <summary>Of version 3: rows that got ids.</summary>
    public long? AddedRows { get; init; }

    public string Operation => Summary.GetValueOrDefault("operation", "");
}

/// <summary>A name for a snapshot: a branch moves with commits, a tag stays.</summary>
public sealed record SnapshotRef(long SnapshotId, bool IsBranch)
{
    public const string Main = "main";

    public int? MinSnapshotsToKeep { get; init; }

    public long? MaxSnapshotAgeMs { get; init; }

    public long? MaxRefAgeMs { get; init; }
}

/// <summary>When which snapshot became the current one.</summary>
public sealed record SnapshotLogEntry(long TimestampMs, long SnapshotId);

/// <summary>An earlier metadata file.</summary>
public sealed record MetadataLogEntry(long TimestampMs, string File);

/// <summary>A file of statistics (Puffin) of a snapshot; kept as it is, as JSON text.</summary>
public sealed record StatisticsEntry(long SnapshotId, string Json);
