using System.Text;
using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Schemas as JSON (specification, appendix C, "Schemas").</summary>
internal static class SchemaJson
{
    private const int MaxDepth = 32;

    public static TableSchema Read(MetadataNode node)
    {
        List<IcebergField> fields = ReadFields(node, 0);
        try
        {
            return new TableSchema(
                node.Optional("schema-id")?.Int() ?? 0,
                fields,
                [.. (node.Optional("identifier-field-ids")?.Items() ?? []).Select(i => i.Int())]);
        }
        catch (MillraceException e) when (e.Code == IcebergErrors.BadEvolution)
        {
            throw node.Fault($"is no schema: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}");
        }
    }

    /// <summary>A schema that stands by itself, as in the header of a manifest.</summary>
    public static TableSchema Parse(string json, string file) => Read(JsonDocuments.Parse(Encoding.UTF8.GetBytes(json), file));

    public static string ToText(TableSchema schema) => JsonDocuments.Write(json => Write(json, schema));

    public static void Write(Utf8JsonWriter json, TableSchema schema)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteNumber("schema-id", schema.Id);
        if (schema.Identifiers.Count > 0)
        {
            json.WriteStartArray("identifier-field-ids");
            foreach (int id in schema.Identifiers)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        WriteFields(json, schema.Fields);
        json.WriteEndObject();
    }

    private static List<IcebergField> ReadFields(MetadataNode node, int depth)
        => [.. node.Require("fields").Items().Select(f => new IcebergField(f.Require("id").Int(), f.Require("name").Text(), f.Require("required").Bool(), ReadType(f.Require("type"), depth + 1))
        {
            Doc = f.Optional("doc")?.Text(),
            InitialDefault = f.Optional("initial-default")?.Element.GetRawText(),
            WriteDefault = f.Optional("write-default")?.Element.GetRawText(),
        })];

    private static IcebergType ReadType(MetadataNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw node.Fault($"nests more than {MaxDepth} deep");
        }

        if (node.Element.ValueKind == JsonValueKind.String)
        {
            string name = node.Text();
            return (IcebergType?)TypeText.Find(name) ?? (TypeText.IsForeign(name) ? new IcebergForeign(name) : throw node.Fault($"is '{name}', which is no type"));
        }

        switch (node.Require("type").Text())
        {
            case "struct":
                return new IcebergStruct(ReadFields(node, depth));
            case "list":
                return new IcebergList(new IcebergField(
                    node.Require("element-id").Int(), "element", node.Require("element-required").Bool(), ReadType(node.Require("element"), depth + 1)));
            case "map":
                return new IcebergMap(
                    new IcebergField(node.Require("key-id").Int(), "key", true, ReadType(node.Require("key"), depth + 1)),
                    new IcebergField(node.Require("value-id").Int(), "value", node.Require("value-required").Bool(), ReadType(node.Require("value"), depth + 1)));
            case var other:
                throw node.Fault($"is of type '{other}', expected struct, list or map");
        }
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<IcebergField> fields)
    {
        json.WriteStartArray("fields");
        foreach (IcebergField field in fields)
        {
            json.WriteStartObject();
            json.WriteNumber("id", field.Id);
            json.WriteString("name", field.Name);
            json.WriteBoolean("required", field.Required);
            json.WritePropertyName("type");
            WriteType(json, field.Type);
            if (field.Doc is not null)
            {
                json.WriteString("doc", field.Doc);
            }

            WriteRaw(json, "initial-default", field.InitialDefault);
            WriteRaw(json, "write-default", field.WriteDefault);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter json, IcebergType type)
    {
        if (type is IcebergPrimitive or IcebergForeign)
        {
            json.WriteStringValue(type.ToString());
            return;
        }

        json.WriteStartObject();
        switch (type)
        {
            case IcebergStruct structure:
                json.WriteString("type", "struct");
                WriteFields(json, structure.Fields);
                break;
            case IcebergList list:
                json.WriteString("type", "list");
                WriteInner(json, "element", list.Element);
                json.WriteBoolean("element-required", list.Element.Required);
                break;
            case IcebergMap map:
                json.WriteString("type", "map");
                WriteInner(json, "key", map.Key);
                WriteInner(json, "value", map.Value);
                json.WriteBoolean("value-required", map.Value.Required);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteInner(Utf8JsonWriter json, string name, IcebergField field)
    {
        json.WriteNumber($"{name}-id", field.Id);
        json.WritePropertyName(name);
        WriteType(json, field.Type);
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }
    }
}
