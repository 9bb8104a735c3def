using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Formats.Avro;

/// <summary>The defaults of fields, from JSON to the binary encoding (specification, section Complex Types, Records).</summary>
internal static class AvroDefaults
{
    /// <summary>The default of a field that has one, encoded by the field's type.</summary>
    public static byte[] Encode(AvroField field, string path)
    {
        using var output = new AvroOutput();
        if (!TryEncode(field.Default, field.Type, output, 0))
        {
            throw AvroErrors.Schema(path, $"the default {field.Default?.ToJsonString() ?? "null"} is not of the type {Shorten(field.Type.ToJson())}");
        }

        return output.Span.ToArray();
    }

    // Fields of records that the JSON leaves out have defaults of their own; a type that holds itself could go on for ever.
    private static bool TryEncode(JsonNode? json, AvroType type, AvroOutput output, int depth)
    {
        const int maxDepth = 64;
        if (depth > maxDepth)
        {
            return false;
        }

        switch (type.Kind)
        {
            case AvroKind.Union:
                return TryEncodeUnion(json, type, output, depth);
            case AvroKind.Record:
                return json is JsonObject record && type.Fields.All(f => TryEncodeField(record, f, output, depth));
            case AvroKind.Array:
                return json is JsonArray items && TryEncodeItems([.. items.Select(i => ("", i))], type, output, depth);
            case AvroKind.Map:
                return json is JsonObject map && TryEncodeItems([.. map.Select(p => (p.Key, p.Value))], type, output, depth);
            case AvroKind.Null:
                return json is null;
            default:
                return json is JsonValue value && TryEncodeScalar(value, type, output);
        }
    }

    private static bool TryEncodeUnion(JsonNode? json, AvroType union, AvroOutput output, int depth)
    {
        for (int i = 0; i < union.Children.Count; i++)
        {
            using var attempt = new AvroOutput();
            attempt.WriteLong(i);
            if (TryEncode(json, union.Children[i], attempt, depth + 1))
            {
                output.WriteFixed(attempt.Span);
                return true;
            }
        }

        return false;
    }

    private static bool TryEncodeField(JsonObject record, AvroField field, AvroOutput output, int depth)
        => record.TryGetPropertyValue(field.Name, out JsonNode? value)
            ? TryEncode(value, field.Type, output, depth + 1)
            : field.HasDefault && TryEncode(field.Default, field.Type, output, depth + 1);

    private static bool TryEncodeItems((string Key, JsonNode? Value)[] items, AvroType type, AvroOutput output, int depth)
    {
        if (items.Length > 0)
        {
            output.WriteLong(items.Length);
        }

        foreach ((string key, JsonNode? value) in items)
        {
            if (type.Kind == AvroKind.Map)
            {
                output.WriteBytes(Encoding.UTF8.GetBytes(key));
            }

            if (!TryEncode(value, type.Item, output, depth + 1))
            {
                return false;
            }
        }

        output.WriteLong(0);
        return true;
    }

    private static bool TryEncodeScalar(JsonValue json, AvroType type, AvroOutput output)
    {
        switch (type.Kind)
        {
            case AvroKind.Boolean when json.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                output.WriteByte(json.GetValueKind() == JsonValueKind.True ? (byte)1 : (byte)0);
                return true;
            case AvroKind.Int when json.TryGetValue(out int number):
                output.WriteLong(number);
                return true;
            case AvroKind.Long when json.TryGetValue(out long number):
                output.WriteLong(number);
                return true;
            case AvroKind.Float when json.GetValueKind() == JsonValueKind.Number && json.TryGetValue(out float number):
                output.WriteRaw(number);
                return true;
            case AvroKind.Double when json.GetValueKind() == JsonValueKind.Number && json.TryGetValue(out double number):
                output.WriteRaw(number);
                return true;
            case AvroKind.String when json.TryGetValue(out string? text):
                output.WriteBytes(Encoding.UTF8.GetBytes(text));
                return true;
            case AvroKind.Bytes when TryGetBytes(json, out byte[] bytes):
                output.WriteBytes(bytes);
                return true;
            case AvroKind.Fixed when TryGetBytes(json, out byte[] bytes) && bytes.Length == type.Size:
                output.WriteFixed(bytes);
                return true;
            case AvroKind.Enum when json.TryGetValue(out string? symbol) && type.Symbols.Contains(symbol):
                output.WriteLong(type.Symbols.TakeWhile(s => s != symbol).Count());
                return true;
            default:
                return false;
        }
    }

    // Characters 0 to 255 stand for the bytes of the same numbers.
    private static bool TryGetBytes(JsonValue json, out byte[] bytes)
    {
        bool isText = json.TryGetValue(out string? text) && text.All(c => c <= 0xFF);
        bytes = isText ? Encoding.Latin1.GetBytes(text!) : [];
        return isText;
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
