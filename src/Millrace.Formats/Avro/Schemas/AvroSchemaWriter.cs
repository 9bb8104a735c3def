using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Formats.Avro;

/// <summary>Writes schemas in JSON. A named type is written out where it occurs first and by name after that.</summary>
internal sealed class AvroSchemaWriter
{
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    private AvroSchemaWriter(Utf8JsonWriter json) => _json = json;

    public static string Write(AvroType type)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            new AvroSchemaWriter(json).WriteType(type);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void WriteType(AvroType type)
    {
        if (type.Kind == AvroKind.Union)
        {
            _json.WriteStartArray();
            foreach (AvroType branch in type.Children)
            {
                WriteType(branch);
            }

            _json.WriteEndArray();
        }
        else if (type.IsNamed && !_written.Add(type.FullName))
        {
            _json.WriteStringValue(type.FullName);
        }
        else if (!type.IsNamed && type.Children.Count == 0 && type.Logical == AvroLogical.None && type.Properties.Count == 0)
        {
            _json.WriteStringValue(type.Label);
        }
        else
        {
            WriteObject(type);
        }
    }

    private void WriteObject(AvroType type)
    {
        _json.WriteStartObject();
        _json.WriteString("type", type.Kind.ToString().ToLowerInvariant());
        if (type.IsNamed)
        {
            // An empty namespace keeps a name without one from falling into that of the record around it.
            _json.WriteString("name", type.Name);
            _json.WriteString("namespace", AvroNames.Space(type.FullName));
        }

        if (type.Aliases.Count > 0)
        {
            WriteNames("aliases", type.Aliases);
        }

        if (type.Doc is not null)
        {
            _json.WriteString("doc", type.Doc);
        }

        switch (type.Kind)
        {
            case AvroKind.Record:
                WriteFields(type);
                break;
            case AvroKind.Enum:
                WriteNames("symbols", type.Symbols);
                if (type.EnumDefault is not null)
                {
                    _json.WriteString("default", type.EnumDefault);
                }

                break;
            case AvroKind.Fixed:
                _json.WriteNumber("size", type.Size);
                break;
            case AvroKind.Array or AvroKind.Map:
                _json.WritePropertyName(type.Kind == AvroKind.Array ? "items" : "values");
                WriteType(type.Item);
                break;
        }

        if (type.Logical != AvroLogical.None)
        {
            _json.WriteString("logicalType", AvroLogicalTypes.Name(type.Logical));
        }

        if (type.Logical == AvroLogical.Decimal)
        {
            _json.WriteNumber("precision", type.Precision);
            _json.WriteNumber("scale", type.Scale);
        }

        WriteProperties(type.Properties);
        _json.WriteEndObject();
    }

    private void WriteFields(AvroType record)
    {
        _json.WriteStartArray("fields");
        foreach (AvroField field in record.Fields)
        {
            _json.WriteStartObject();
            _json.WriteString("name", field.Name);
            _json.WritePropertyName("type");
            WriteType(field.Type);
            if (field.HasDefault)
            {
                _json.WritePropertyName("default");
                WriteNode(field.Default);
            }

            if (field.Doc is not null)
            {
                _json.WriteString("doc", field.Doc);
            }

            if (field.Aliases.Count > 0)
            {
                WriteNames("aliases", field.Aliases);
            }

            WriteProperties(field.Properties);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteNames(string property, IReadOnlyList<string> names)
    {
        _json.WriteStartArray(property);
        foreach (string name in names)
        {
            _json.WriteStringValue(name);
        }

        _json.WriteEndArray();
    }

    private void WriteProperties(IReadOnlyDictionary<string, JsonNode?> properties)
    {
        foreach ((string name, JsonNode? value) in properties)
        {
            _json.WritePropertyName(name);
            WriteNode(value);
        }
    }

    private void WriteNode(JsonNode? node)
    {
        if (node is null)
        {
            _json.WriteNullValue();
        }
        else
        {
            node.WriteTo(_json);
        }
    }
}
