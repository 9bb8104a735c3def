using System.Text;
using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Ids for the columns of files that carry none (specification, "Column Projection" and appendix C, "Name Mapping
/// Serialization"). Kept in a property of the table.
/// </summary>
public sealed record NameMapping(IReadOnlyList<MappedField> Fields)
{
    public const string Property = "schema.name-mapping.default";

    private const int MaxDepth = 64;

    public static NameMapping Parse(string json) => new(Read(JsonDocuments.Parse(Encoding.UTF8.GetBytes(json), Property), 0));

    /// <summary>The mapping of a schema as it is.</summary>
    public static NameMapping Of(TableSchema schema) => new(Of(schema.Fields));

    /// <summary>The field of a name; null when the mapping has none.</summary>
    public static MappedField? Find(IReadOnlyList<MappedField> fields, string name) => fields.FirstOrDefault(f => f.Names.Contains(name, StringComparer.Ordinal));

    public string ToJson() => JsonDocuments.Write(json => Write(json, Fields));

    public bool Equals(NameMapping? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Count;

    private static List<MappedField> Of(IReadOnlyList<IcebergField> fields) => [.. fields.Select(f => new MappedField([f.Name], f.Id, Of(f.Type.Children)))];

    private static List<MappedField> Read(MetadataNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw node.Fault($"nests more than {MaxDepth} deep");
        }

        return [.. node.Items().Select(f => new MappedField(
            [.. f.Require("names").Items().Select(n => n.Text())],
            f.Optional("field-id")?.Int(),
            f.Optional("fields") is { } inner ? Read(inner, depth + 1) : []))];
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<MappedField> fields)
    {
        json.WriteStartArray();
        foreach (MappedField field in fields)
        {
            json.WriteStartObject();
            if (field.Id is { } id)
            {
                json.WriteNumber("field-id", id);
            }

            json.WriteStartArray("names");
            foreach (string name in field.Names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            if (field.Fields.Count > 0)
            {
                json.WritePropertyName("fields");
                Write(json, field.Fields);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>Names under which files may have a field; without an id, what is below them still may.</summary>
public sealed record MappedField(IReadOnlyList<string> Names, int? Id, IReadOnlyList<MappedField> Fields)
{
    public bool Equals(MappedField? other) => other is not null && Id == other.Id && Names.SequenceEqual(other.Names) && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => HashCode.Combine(Id, Names.Count, Fields.Count);
}
