using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Requirements of a commit as JSON (REST specification, "TableRequirement").</summary>
internal static class RequirementJson
{
    public static void Write(Utf8JsonWriter json, MetadataRequirement requirement)
    {
        json.WriteStartObject();
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
                Write(json, "assert-ref-snapshot-id", "snapshot-id", r.SnapshotId);
                json.WriteString("ref", r.Name);
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

        json.WriteEndObject();
    }

    // Null is a number that must not be there.
    private static void Write(Utf8JsonWriter json, string type, string name, long? value)
    {
        json.WriteString("type", type);
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
