using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads metadata files of versions 1 to 3 and checks what later code relies on (specification, "Table Metadata").</summary>
internal static class MetadataReader
{
    /// <summary>The newest version that can be read.</summary>
    public const int NewestVersion = 3;

    public static TableMetadata Read(ReadOnlyMemory<byte> utf8, string file) => Read(JsonDocuments.Parse(utf8, file), file);

    /// <summary>Reads metadata that is a part of another document.</summary>
    public static TableMetadata Read(MetadataNode root, string file)
    {
        int version = root.Require("format-version").Int();
        if (version > NewestVersion)
        {
            throw IcebergErrors.NewerFormat.Error($"The table has format version {version}; versions up to {NewestVersion} can be read.", ErrorPlace.InFile(file));
        }

        if (version < 1)
        {
            throw root.Fault($"format version {version} does not exist");
        }

        TableMetadata metadata = ReadParts(root, version);
        Check(root, metadata);
        return metadata;
    }

    private static TableMetadata ReadParts(MetadataNode root, int version)
    {
        MetadataNode? uuid = root.Optional("table-uuid") ?? (version == 1 ? null : throw root.Fault("it lacks 'table-uuid'"));
        List<TableSchema> schemas = ReadSchemas(root, version);
        List<PartitionSpec> specs = ReadSpecs(root, version);
        long? current = root.Optional("current-snapshot-id")?.Long();
        current = current == -1 ? null : current;
        ImmutableSortedDictionary<string, SnapshotRef> refs = ReadRefs(root);
        if (root.Optional("encryption-keys")?.Items() is { Count: > 0 })
        {
            throw IcebergErrors.Unsupported("The table is encrypted, which is not supported");
        }

        return new TableMetadata
        {
            FormatVersion = version,
            TableUuid = uuid is not { } text ? Guid.Empty : Guid.TryParse(text.Text(), out Guid id) ? id : throw text.Fault("is no UUID"),
            Location = root.Require("location").Text().TrimEnd('/'),
            LastSequenceNumber = root.Optional("last-sequence-number")?.Long() ?? (version == 1 ? 0 : throw root.Fault("it lacks 'last-sequence-number'")),
            LastUpdatedMs = root.Require("last-updated-ms").Long(),
            LastColumnId = root.Require("last-column-id").Int(),
            Schemas = schemas,
            CurrentSchemaId = root.Optional("current-schema-id")?.Int() ?? schemas[^1].Id,
            Specs = specs,
            DefaultSpecId = root.Optional("default-spec-id")?.Int() ?? specs[^1].Id,
            LastPartitionId = root.Optional("last-partition-id")?.Int()
                ?? specs.SelectMany(s => s.Fields).Select(f => f.FieldId).DefaultIfEmpty(PartitionSpec.FirstFieldId - 1).Max(),
            SortOrders = root.Optional("sort-orders") is { } orders ? [.. orders.Items().Select(SpecJson.ReadOrder)] : [SortOrder.Unsorted],
            DefaultSortOrderId = root.Optional("default-sort-order-id")?.Int() ?? 0,
            Properties = root.Optional("properties")?.Texts() ?? ImmutableSortedDictionary<string, string>.Empty,
            Snapshots = [.. (root.Optional("snapshots")?.Items() ?? []).Select(SnapshotJson.Read)],
            CurrentSnapshotId = current,
            SnapshotLog = [.. (root.Optional("snapshot-log")?.Items() ?? []).Select(e => new SnapshotLogEntry(e.Require("timestamp-ms").Long(), e.Require("snapshot-id").Long()))],
            MetadataLog = [.. (root.Optional("metadata-log")?.Items() ?? []).Select(e => new MetadataLogEntry(e.Require("timestamp-ms").Long(), e.Require("metadata-file").Text()))],
            Refs = refs.ContainsKey(SnapshotRef.Main) || current is null ? refs : refs.Add(SnapshotRef.Main, new SnapshotRef(current.Value, true)),
            Statistics = ReadStatistics(root, "statistics"),
            PartitionStatistics = ReadStatistics(root, "partition-statistics"),
            NextRowId = root.Optional("next-row-id")?.Long() ?? (version > 2 ? throw root.Fault("it lacks 'next-row-id'") : null),
        };
    }

    // Version 1 may have one schema, under another name and without an id.
    private static List<TableSchema> ReadSchemas(MetadataNode root, int version)
    {
        if (root.Optional("schemas") is { } all)
        {
            List<TableSchema> schemas = [.. all.Items().Select(SchemaJson.Read)];
            return schemas.Count > 0 ? schemas : throw all.Fault("is empty");
        }

        return version == 1 ? [SchemaJson.Read(root.Require("schema"))] : throw root.Fault("it lacks 'schemas'");
    }

    private static List<PartitionSpec> ReadSpecs(MetadataNode root, int version)
    {
        if (root.Optional("partition-specs") is { } all)
        {
            List<PartitionSpec> specs = [.. all.Items().Select(SpecJson.Read)];
            return specs.Count > 0 ? specs : throw all.Fault("is empty");
        }

        return version == 1 ? [new PartitionSpec(0, SpecJson.ReadFields(root.Require("partition-spec")))] : throw root.Fault("it lacks 'partition-specs'");
    }

    private static ImmutableSortedDictionary<string, SnapshotRef> ReadRefs(MetadataNode root)
        => root.Optional("refs") is { } refs
            ? refs.Members().ToImmutableSortedDictionary(m => m.Key, m => SnapshotJson.ReadRef(m.Value), StringComparer.Ordinal)
            : ImmutableSortedDictionary.Create<string, SnapshotRef>(StringComparer.Ordinal);

    private static List<StatisticsEntry> ReadStatistics(MetadataNode root, string name)
        => [.. (root.Optional(name)?.Items() ?? []).Select(s => new StatisticsEntry(s.Require("snapshot-id").Long(), s.Element.GetRawText()))];

    private static void Check(MetadataNode root, TableMetadata metadata)
    {
        RequireUnique(root, "schemas", metadata.Schemas.Select(s => (long)s.Id));
        RequireUnique(root, "partition-specs", metadata.Specs.Select(s => (long)s.Id));
        RequireUnique(root, "sort-orders", metadata.SortOrders.Select(s => (long)s.Id));
        RequireUnique(root, "snapshots", metadata.Snapshots.Select(s => s.Id));
        if (metadata.SchemaOf(metadata.CurrentSchemaId) is null)
        {
            throw root.Fault($"the current schema {metadata.CurrentSchemaId} is not among the schemas");
        }

        if (metadata.SpecOf(metadata.DefaultSpecId) is null)
        {
            throw root.Fault($"the default partition spec {metadata.DefaultSpecId} is not among the specs");
        }

        if (metadata.CurrentSnapshotId is { } id && metadata.SnapshotOf(id) is null)
        {
            throw root.Fault($"the current snapshot {id} is not among the snapshots");
        }

        if (metadata.Schemas.Max(s => s.HighestId) > metadata.LastColumnId)
        {
            throw root.Fault($"a column has an id above 'last-column-id', which is {metadata.LastColumnId}");
        }
    }

    private static void RequireUnique(MetadataNode root, string what, IEnumerable<long> ids)
    {
        var seen = new HashSet<long>();
        foreach (long id in ids)
        {
            if (!seen.Add(id))
            {
                throw root.Fault($"two of '{what}' have the id {id}");
            }
        }
    }
}
