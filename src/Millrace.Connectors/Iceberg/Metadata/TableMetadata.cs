using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>All that is known of a table beside its manifests and files: one metadata file. Immutable.</summary>
public sealed record TableMetadata
{
    public required int FormatVersion { get; init; }

    public required Guid TableUuid { get; init; }

    /// <summary>Where the table's files are put, without a slash at the end.</summary>
    public required string Location { get; init; }

    public long LastSequenceNumber { get; init; }

    public required long LastUpdatedMs { get; init; }

    /// <summary>The highest id ever given to a column, so that none is given twice.</summary>
    public required int LastColumnId { get; init; }

    public required IReadOnlyList<TableSchema> Schemas { get; init; }

    public required int CurrentSchemaId { get; init; }

    public IReadOnlyList<PartitionSpec> Specs { get; init; } = [PartitionSpec.Unpartitioned];

    public int DefaultSpecId { get; init; }

    /// <summary>The highest id ever given to a partition field.</summary>
    public int LastPartitionId { get; init; } = PartitionSpec.FirstFieldId - 1;

    public IReadOnlyList<SortOrder> SortOrders { get; init; } = [SortOrder.Unsorted];

    public int DefaultSortOrderId { get; init; }

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public IReadOnlyList<Snapshot> Snapshots { get; init; } = [];

    public long? CurrentSnapshotId { get; init; }

    public IReadOnlyList<SnapshotLogEntry> SnapshotLog { get; init; } = [];

    public IReadOnlyList<MetadataLogEntry> MetadataLog { get; init; } = [];

    public ImmutableSortedDictionary<string, SnapshotRef> Refs { get; init; } = ImmutableSortedDictionary<string, SnapshotRef>.Empty;

    public IReadOnlyList<StatisticsEntry> Statistics { get; init; } = [];

    public IReadOnlyList<StatisticsEntry> PartitionStatistics { get; init; } = [];

    /// <summary>Of version 3: the next id of a row.</summary>
    public long? NextRowId { get; init; }

    public TableSchema Schema => SchemaOf(CurrentSchemaId)!;

    public PartitionSpec Spec => SpecOf(DefaultSpecId)!;

    /// <summary>The order that new files are written in.</summary>
    public SortOrder SortOrder => SortOrders.FirstOrDefault(o => o.Id == DefaultSortOrderId) ?? SortOrder.Unsorted;

    public Snapshot? CurrentSnapshot => CurrentSnapshotId is { } id ? SnapshotOf(id) : null;

    public TableSchema? SchemaOf(int id) => Schemas.FirstOrDefault(s => s.Id == id);

    public PartitionSpec? SpecOf(int id) => Specs.FirstOrDefault(s => s.Id == id);

    /// <summary>
    /// The types of a spec's values. Columns of an old spec may be gone from the current schema: the last one that has them tells then.
    /// What none has, and what an unknown transform makes, counts as text.
    /// </summary>
    public IReadOnlyList<IcebergPrimitive> TypesOf(PartitionSpec spec)
        => [.. spec.Fields.Select(f => f.Transform.ResultOf((Schema.Find(f.SourceId) ?? LastOf(f.SourceId))?.Type ?? IcebergType.String) ?? IcebergType.String)];

    public Snapshot? SnapshotOf(long id) => Snapshots.FirstOrDefault(s => s.Id == id);

    /// <summary>The snapshot that a branch or tag names; null when there is none.</summary>
    public Snapshot? SnapshotOf(string reference)
        => Refs.TryGetValue(reference, out SnapshotRef? found) ? SnapshotOf(found.SnapshotId) : reference == SnapshotRef.Main ? CurrentSnapshot : null;

    /// <summary>The snapshots from one back to the first that is still known, itself included.</summary>
    public IEnumerable<Snapshot> AncestorsOf(long? id)
    {
        var byId = new Dictionary<long, Snapshot>(Snapshots.Count);
        foreach (Snapshot snapshot in Snapshots)
        {
            byId.TryAdd(snapshot.Id, snapshot);
        }

        // Taken out as it goes, so that a circle of parents ends.
        while (id is { } next && byId.Remove(next, out Snapshot? snapshot))
        {
            yield return snapshot;
            id = snapshot.ParentId;
        }
    }

    private IcebergField? LastOf(int column) => Schemas.Select(s => s.Find(column)).LastOrDefault(f => f is not null);
}
