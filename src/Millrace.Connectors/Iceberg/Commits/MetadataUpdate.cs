using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>One change of a table's metadata. Catalogs that speak HTTP send them as they are; others apply them with <see cref="MetadataBuilder"/>.</summary>
public abstract record MetadataUpdate
{
    public sealed record UpgradeFormat(int Version) : MetadataUpdate;

    /// <summary>Adds a schema. Its id is chosen when it is added; one that is there already is used again.</summary>
    public sealed record AddSchema(TableSchema Schema, int LastColumnId) : MetadataUpdate;

    /// <summary>Makes a schema the current one; null for the one added last.</summary>
    public sealed record SetCurrentSchema(int? Id) : MetadataUpdate;

    public sealed record AddSpec(PartitionSpec Spec) : MetadataUpdate;

    /// <summary>Makes a spec the one to write with; null for the one added last.</summary>
    public sealed record SetDefaultSpec(int? Id) : MetadataUpdate;

    public sealed record AddSortOrder(SortOrder Order) : MetadataUpdate;

    public sealed record SetDefaultSortOrder(int? Id) : MetadataUpdate;

    public sealed record AddSnapshot(Snapshot Snapshot) : MetadataUpdate;

    public sealed record RemoveSnapshots(IReadOnlyList<long> Ids) : MetadataUpdate;

    public sealed record SetRef(string Name, SnapshotRef Reference) : MetadataUpdate;

    public sealed record RemoveRef(string Name) : MetadataUpdate;

    public sealed record SetProperties(ImmutableSortedDictionary<string, string> Values) : MetadataUpdate;

    public sealed record RemoveProperties(IReadOnlyList<string> Names) : MetadataUpdate;

    public sealed record SetLocation(string Location) : MetadataUpdate;

    public sealed record SetStatistics(StatisticsEntry Entry) : MetadataUpdate;

    public sealed record RemoveStatistics(long SnapshotId) : MetadataUpdate;
}

/// <summary>What must still be true of a table for a commit to be made.</summary>
public abstract record MetadataRequirement
{
    /// <summary>What is wrong, as the end of a sentence that begins with the table; null when it holds.</summary>
    /// <param name="metadata">The table; null when there is none.</param>
    public abstract string? FaultIn(TableMetadata? metadata);

    public sealed record MustNotExist : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata is null ? null : "exists already";
    }

    public sealed record SameTable(Guid Uuid) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata?.TableUuid == Uuid ? null : "is another one of the same name";
    }

    /// <summary>A branch or tag is at a snapshot; null for a name that is not there.</summary>
    public sealed record RefAt(string Name, long? SnapshotId) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata)
            => (metadata?.Refs.GetValueOrDefault(Name)?.SnapshotId) == SnapshotId ? null : $"has another snapshot at '{Name}'";
    }

    public sealed record LastColumnIdIs(int Id) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata?.LastColumnId == Id ? null : "has got columns";
    }

    public sealed record CurrentSchemaIs(int Id) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata?.CurrentSchemaId == Id ? null : "has got another schema";
    }

    public sealed record LastPartitionIdIs(int Id) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata?.LastPartitionId == Id ? null : "has got partition fields";
    }

    public sealed record DefaultSpecIs(int Id) : MetadataRequirement
    {
        public override string? FaultIn(TableMetadata? metadata) => metadata?.DefaultSpecId == Id ? null : "has got another partition spec";
    }
}

/// <summary>A commit: what must hold, and what changes. All or nothing.</summary>
public sealed record TableChange(IReadOnlyList<MetadataRequirement> Requirements, IReadOnlyList<MetadataUpdate> Updates)
{
    /// <summary>Nothing to do.</summary>
    public bool IsEmpty => Updates.Count == 0;
}
