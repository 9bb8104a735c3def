using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Updates of a commit as JSON (REST specification, "TableUpdate").</summary>
internal static class UpdateJson
{
    // What was added last in the same commit.
    private const int Last = -1;

    public static void Write(Utf8JsonWriter json, MetadataUpdate update, int formatVersion)
    {
        json.WriteStartObject();
        json.WriteString("action", ActionOf(update));
        switch (update)
        {
            case MetadataUpdate.UpgradeFormat u:
                json.WriteNumber("format-version", u.Version);
                break;
            case MetadataUpdate.AddSchema u:
                json.WriteMember("schema", u.Schema, SchemaJson.Write);
                json.WriteNumber("last-column-id", u.LastColumnId);
                break;
            case MetadataUpdate.SetCurrentSchema u:
                json.WriteNumber("schema-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSpec u:
                json.WriteMember("spec", u.Spec, SpecJson.Write);
                break;
            case MetadataUpdate.SetDefaultSpec u:
                json.WriteNumber("spec-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSortOrder u:
                json.WriteMember("sort-order", u.Order, SpecJson.WriteOrder);
                break;
            case MetadataUpdate.SetDefaultSortOrder u:
                json.WriteNumber("sort-order-id", u.Id ?? Last);
                break;
            case MetadataUpdate.AddSnapshot u:
                json.WriteMember("snapshot", u.Snapshot, (j, s) => SnapshotJson.Write(j, s, formatVersion));
                break;
            case MetadataUpdate.RemoveSnapshots u:
                json.WriteList("snapshot-ids", u.Ids, (j, id) => j.WriteNumberValue(id));
                break;
            case MetadataUpdate.SetRef u:
                json.WriteString("ref-name", u.Name);
                SnapshotJson.WriteRefMembers(json, u.Reference);
                break;
            case MetadataUpdate.RemoveRef u:
                json.WriteString("ref-name", u.Name);
                break;
            case MetadataUpdate.SetProperties u:
                json.WriteMap("updates", u.Values);
                break;
            case MetadataUpdate.RemoveProperties u:
                json.WriteTexts("removals", u.Names);
                break;
            case MetadataUpdate.SetLocation u:
                json.WriteString("location", u.Location);
                break;
            case MetadataUpdate.SetStatistics u:
                json.WriteNumber("snapshot-id", u.Entry.SnapshotId);
                json.WriteMember("statistics", u.Entry.Json, (j, text) => j.WriteRawValue(text));
                break;
            case MetadataUpdate.RemoveStatistics u:
                json.WriteNumber("snapshot-id", u.SnapshotId);
                break;
        }

        json.WriteEndObject();
    }

    private static string ActionOf(MetadataUpdate update) => update switch
    {
        MetadataUpdate.UpgradeFormat => "upgrade-format-version",
        MetadataUpdate.AddSchema => "add-schema",
        MetadataUpdate.SetCurrentSchema => "set-current-schema",
        MetadataUpdate.AddSpec => "add-spec",
        MetadataUpdate.SetDefaultSpec => "set-default-spec",
        MetadataUpdate.AddSortOrder => "add-sort-order",
        MetadataUpdate.SetDefaultSortOrder => "set-default-sort-order",
        MetadataUpdate.AddSnapshot => "add-snapshot",
        MetadataUpdate.RemoveSnapshots => "remove-snapshots",
        MetadataUpdate.SetRef => "set-snapshot-ref",
        MetadataUpdate.RemoveRef => "remove-snapshot-ref",
        MetadataUpdate.SetProperties => "set-properties",
        MetadataUpdate.RemoveProperties => "remove-properties",
        MetadataUpdate.SetLocation => "set-location",
        MetadataUpdate.SetStatistics => "set-statistics",
        MetadataUpdate.RemoveStatistics => "remove-statistics",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
