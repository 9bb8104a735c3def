using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Requirements and updates of a commit as JSON (REST specification, "TableRequirement" and "TableUpdate").</summary>
internal static class ChangeJson
{
    // What was added last in the same commit.
    private const int Last = -1;

    /// <summary>The body of a commit; of a table that was staged it tells all of the table first.</summary>
    public static void Write(Utf8JsonWriter json, TableIdentifier table, LoadedTable loaded, TableChange change)
    {
        bool isNew = loaded.MetadataFile.Length == 0;
        json.WriteStartObject();
        json.WritePropertyName("identifier");
        Identifier(json, table);
        json.WriteStartArray("requirements");
        foreach (MetadataRequirement requirement in change.Requirements)
        {
            json.WriteStartObject();
            Write(json, requirement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("updates");
        if (isNew)
        {
            json.WriteStartObject();
            json.WriteString("action", "assign-uuid");
            json.WriteString("uuid", loaded.Metadata.TableUuid);
            json.WriteEndObject();
        }

        foreach (MetadataUpdate update in isNew ? Making(loaded.Metadata).Concat(change.Updates) : change.Updates)
        {
            json.WriteStartObject();
            Write(json, update, loaded.Metadata.FormatVersion);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<MetadataUpdate> Making(TableMetadata table) =>
    [
        new MetadataUpdate.UpgradeFormat(table.FormatVersion),
        new MetadataUpdate.AddSchema(table.Schema, table.LastColumnId),
        new MetadataUpdate.SetCurrentSchema(null),
        new MetadataUpdate.AddSpec(table.Spec),
        new MetadataUpdate.SetDefaultSpec(null),
        new MetadataUpdate.AddSortOrder(table.SortOrder),
        new MetadataUpdate.SetDefaultSortOrder(null),
        new MetadataUpdate.SetLocation(table.Location),
        new MetadataUpdate.SetProperties(table.Properties),
    ];

    private static void Identifier(Utf8JsonWriter json, TableIdentifier table)
    {
        json.WriteStartObject();
        json.WriteStartArray("namespace");
        foreach (string part in table.Namespace)
        {
            json.WriteStringValue(part);
        }

        json.WriteEndArray();
        json.WriteString("name", table.Name);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MetadataRequirement requirement)
    {
        switch (requirement)
        {
            case MetadataRequirement.MustNotExist:
                json.WriteString("type", "assert-create");
                break;
            case MetadataRequirement.SameTable r:
                json.WriteString("type", "assert-table-uuid");
                json.WriteString("uuid", r.Uuid);
                break;
            case MetadataRequirement.RefAt r:
                json.WriteString("type", "assert-ref-snapshot-id");
                json.WriteString("ref", r.Name);
                if (r.SnapshotId is { } id)
                {
                    json.WriteNumber("snapshot-id", id);
                }
                else
                {
                    json.WriteNull("snapshot-id");
                }

                break;
            case MetadataRequirement.LastColumnIdIs r:
                Write(json, "assert-last-assigned-field-id", "last-assigned-field-id", r.Id);
                break;
            case MetadataRequirement.CurrentSchemaIs r:
                Write(json, "assert-current-schema-id", "current-schema-id", r.Id);
                break;
            case MetadataRequirement.LastPartitionIdIs r:
                Write(json, "assert-last-assigned-partition-id", "last-assigned-partition-id", r.Id);
                break;
            case MetadataRequirement.DefaultSpecIs r:
                Write(json, "assert-default-spec-id", "default-spec-id", r.Id);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Write(Utf8JsonWriter json, string type, string name, int value)
    {
        json.WriteString("type", type);
        json.WriteNumber(name, value);
    }

    private static void Write(Utf8JsonWriter json, MetadataUpdate update, int formatVersion)
    {
        void Action(string name) => json.WriteString("action", name);
        switch (update)
        {
            case MetadataUpdate.UpgradeFormat u:
                Action("upgrade-format-version");
                json.WriteNumber("format-version", u.Version);
                break;
            case MetadataUpdate.AddSchema u:
                Action("add-schema");
                json.WritePropertyName("schema");
                SchemaJson.Write(json, u.Schema);
                json.WriteNumber("last-column-id", u.LastColumnId);
                break;
            case MetadataUpdate.SetCurrentSchema u:
                Action("set-current-schema");
                json.WriteNumber("schema-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSpec u:
                Action("add-spec");
                json.WritePropertyName("spec");
                SpecJson.Write(json, u.Spec);
                break;
            case MetadataUpdate.SetDefaultSpec u:
                Action("set-default-spec");
                json.WriteNumber("spec-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSortOrder u:
                Action("add-sort-order");
                json.WritePropertyName("sort-order");
                SpecJson.WriteOrder(json, u.Order);
                break;
            case MetadataUpdate.SetDefaultSortOrder u:
                Action("set-default-sort-order");
                json.WriteNumber("sort-order-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSnapshot u:
                Action("add-snapshot");
                json.WritePropertyName("snapshot");
                SnapshotJson.Write(json, u.Snapshot, formatVersion);
                break;
            case MetadataUpdate.RemoveSnapshots u:
                Action("remove-snapshots");
                json.WriteStartArray("snapshot-ids");
                foreach (long id in u.Ids)
                {
                    json.WriteNumberValue(id);
                }

                json.WriteEndArray();
                break;
            case MetadataUpdate.SetRef u:
                Action("set-snapshot-ref");
                json.WriteString("ref-name", u.Name);
                SnapshotJson.WriteRefMembers(json, u.Reference);
                break;
            case MetadataUpdate.RemoveRef u:
                Action("remove-snapshot-ref");
                json.WriteString("ref-name", u.Name);
                break;
            case MetadataUpdate.SetProperties u:
                Action("set-properties");
                json.WriteStartObject("updates");
                foreach ((string name, string value) in u.Values)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
                break;
            case MetadataUpdate.RemoveProperties u:
                Action("remove-properties");
                json.WriteStartArray("removals");
                foreach (string name in u.Names)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                break;
            case MetadataUpdate.SetLocation u:
                Action("set-location");
                json.WriteString("location", u.Location);
                break;
            case MetadataUpdate.SetStatistics u:
                Action("set-statistics");
                json.WriteNumber("snapshot-id", u.Entry.SnapshotId);
                json.WritePropertyName("statistics");
                json.WriteRawValue(u.Entry.Json);
                break;
            case MetadataUpdate.RemoveStatistics u:
                Action("remove-statistics");
                json.WriteNumber("snapshot-id", u.SnapshotId);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
