using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes metadata files of versions 1 to 3 (specification, appendix C, "Table Metadata and Snapshots").</summary>
internal static class MetadataWriter
{
    /// <summary>The newest version that can be written.</summary>
    public const int NewestVersion = 3;

    public static byte[] Write(TableMetadata metadata) => JsonDocuments.WriteBytes(json => Write(json, metadata));

    private static void Write(Utf8JsonWriter json, TableMetadata metadata)
    {
        json.WriteStartObject();
        json.WriteNumber("format-version", metadata.FormatVersion);
        json.WriteString("table-uuid", metadata.TableUuid);
        json.WriteString("location", metadata.Location);
        if (metadata.FormatVersion > 1)
        {
            json.WriteNumber("last-sequence-number", metadata.LastSequenceNumber);
        }

        if (metadata.FormatVersion > 2)
        {
            json.WriteNumber("next-row-id", metadata.NextRowId ?? 0);
        }

        json.WriteNumber("last-updated-ms", metadata.LastUpdatedMs);
        json.WriteNumber("last-column-id", metadata.LastColumnId);
        if (metadata.FormatVersion == 1)
        {
            json.WriteMember("schema", metadata.Schema, SchemaJson.Write);
            json.WriteMember("partition-spec", metadata.Spec, SpecJson.WriteFields);
        }

        json.WriteNumber("current-schema-id", metadata.CurrentSchemaId);
        json.WriteList("schemas", metadata.Schemas, SchemaJson.Write);
        json.WriteNumber("default-spec-id", metadata.DefaultSpecId);
        json.WriteList("partition-specs", metadata.Specs, SpecJson.Write);
        json.WriteNumber("last-partition-id", metadata.LastPartitionId);
        json.WriteNumber("default-sort-order-id", metadata.DefaultSortOrderId);
        json.WriteList("sort-orders", metadata.SortOrders, SpecJson.WriteOrder);
        json.WriteMap("properties", metadata.Properties);

        // Version 1 readers look for -1, and others take it for none too.
        json.WriteNumber("current-snapshot-id", metadata.CurrentSnapshotId ?? -1);
        json.WriteStartObject("refs");
        foreach ((string name, SnapshotRef reference) in metadata.Refs)
        {
            json.WriteMember(name, reference, SnapshotJson.WriteRef);
        }

        json.WriteEndObject();
        json.WriteList("snapshots", metadata.Snapshots, (j, s) => SnapshotJson.Write(j, s, metadata.FormatVersion));
        json.WriteList("statistics", metadata.Statistics, (j, s) => j.WriteRawValue(s.Json));
        json.WriteList("partition-statistics", metadata.PartitionStatistics, (j, s) => j.WriteRawValue(s.Json));
        json.WriteList("snapshot-log", metadata.SnapshotLog, (j, e) =>
        {
            j.WriteStartObject();
            j.WriteNumber("timestamp-ms", e.TimestampMs);
            j.WriteNumber("snapshot-id", e.SnapshotId);
            j.WriteEndObject();
        });
        json.WriteList("metadata-log", metadata.MetadataLog, (j, e) =>
        {
            j.WriteStartObject();
            j.WriteNumber("timestamp-ms", e.TimestampMs);
            j.WriteString("metadata-file", e.File);
            j.WriteEndObject();
        });
        json.WriteEndObject();
    }
}
