using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>A commit as JSON (REST specification, "CommitTableRequest").</summary>
internal static class ChangeJson
{
    /// <summary>The body of a commit; of a table that was staged it tells all of the table first.</summary>
    public static void Write(Utf8JsonWriter json, TableIdentifier table, LoadedTable loaded, TableChange change)
    {
        bool isNew = loaded.MetadataFile.Length == 0;
        json.WriteStartObject();
        json.WriteStartObject("identifier");
        json.WriteTexts("namespace", table.Namespace);
        json.WriteString("name", table.Name);
        json.WriteEndObject();
        json.WriteList("requirements", change.Requirements, RequirementJson.Write);
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
            UpdateJson.Write(json, update, loaded.Metadata.FormatVersion);
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
}
