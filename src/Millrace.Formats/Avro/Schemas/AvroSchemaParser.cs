using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Formats.Avro;

/// <summary>Reads schemas in JSON as the Avro specification defines them (section Schema Declaration).</summary>
internal sealed class AvroSchemaParser
{
    // Deeper schemas would exhaust the stack of everything that walks them.
    private const int MaxDepth = 64;
    private const int MaxLength = 8 << 20;

    private static readonly HashSet<string> TypeWords = ["type", "name", "namespace", "aliases", "doc", "fields", "symbols", "default", "items", "values", "size"];
    private static readonly HashSet<string> FieldWords = ["type", "name", "aliases", "doc", "default", "order"];

    private readonly Dictionary<string, AvroType> _named = new(StringComparer.Ordinal);

    private AvroSchemaParser()
    {
    }

    public static AvroType Parse(string json)
    {
        if (json.Length > MaxLength)
        {
            throw AvroErrors.Schema("", $"it is longer than {MaxLength} characters");
        }

        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth * 4 });
            AvroType type = new AvroSchemaParser().ReadType(node, "", "", 0);
            AvroTypeLimits.Check(type);
            return type;
        }
        catch (JsonException e)
        {
            throw AvroErrors.Schema("", $"it is not JSON ({e.Message.TrimEnd('.')})");
        }
        catch (InvalidOperationException)
        {
            // Texts are decoded when they are first looked at.
            throw AvroErrors.Schema("", "a text has half of a surrogate pair");
        }
        catch (ArgumentException)
        {
            // JsonObject finds a repeated property when it is first looked at.
            throw AvroErrors.Schema("", "a property occurs twice");
        }
    }

    private AvroType ReadType(JsonNode? node, string space, string where, int depth)
    {
        if (depth > MaxDepth)
        {
            throw AvroErrors.Schema(where, $"it nests deeper than {MaxDepth}");
        }

        return node switch
        {
            JsonArray branches => ReadUnion(branches, space, where, depth),
            JsonObject type => ReadObject(type, space, where, depth),
            JsonValue value when value.TryGetValue(out string? name) => ReadName(name, space, where),
            _ => throw AvroErrors.Schema(where, "a type is a name, an object or an array"),
        };
    }

    private AvroType ReadName(string name, string space, string where)
    {
        if (Primitive(name) is { } kind)
        {
            return new AvroType(kind);
        }

        string full = AvroNames.Qualify(name, space);
        return _named.GetValueOrDefault(full)
            ?? throw AvroErrors.Schema(where, $"there is no type '{full}' before it{NearestName.Suggest(full, _named.Keys)}");
    }

    private AvroType ReadUnion(JsonArray branches, string space, string where, int depth)
    {
        if (branches.Count == 0)
        {
            throw AvroErrors.Schema(where, "a union has no branches");
        }

        var types = new List<AvroType>(branches.Count);
        var labels = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? branch in branches)
        {
            AvroType type = ReadType(branch, space, where, depth + 1);
            if (type.Kind == AvroKind.Union)
            {
                throw AvroErrors.Schema(where, "a union directly contains a union");
            }

            if (!labels.Add(type.IsNamed ? type.FullName : type.Label))
            {
                throw AvroErrors.Schema(where, $"a union has two branches of type {type.Label}");
            }

            types.Add(type);
        }

        return new AvroType(AvroKind.Union) { Children = types };
    }

    private AvroType ReadObject(JsonObject node, string space, string where, int depth)
    {
        if (!node.TryGetPropertyValue("type", out JsonNode? inner))
        {
            throw AvroErrors.Schema(where, "a type has no property 'type'");
        }

        if (inner is not JsonValue value || !value.TryGetValue(out string? word))
        {
            // {"type": {…}} wraps a type.
            return ReadType(inner, space, where, depth + 1);
        }

        return word switch
        {
            "record" or "error" => ReadRecord(node, space, where, depth),
            "enum" => ReadEnum(node, space, where),
            "fixed" => ReadFixed(node, space, where),
            "array" => AvroLogicalTypes.Annotate(new AvroTypeParts(AvroKind.Array) { Children = [ReadType(Require(node, "items", where), space, where + "[]", depth + 1)] }, node, Others(node, TypeWords)),
            "map" => AvroLogicalTypes.Annotate(new AvroTypeParts(AvroKind.Map) { Children = [ReadType(Require(node, "values", where), space, where + "{}", depth + 1)] }, node, Others(node, TypeWords)),
            _ when Primitive(word) is { } kind => AvroLogicalTypes.Annotate(new AvroTypeParts(kind), node, Others(node, TypeWords)),
            _ => ReadName(word, space, where),
        };
    }

    private AvroType ReadRecord(JsonObject node, string space, string where, int depth)
    {
        string full = ReadFullName(node, space, where, out string inside);
        var record = new AvroType(AvroKind.Record)
        {
            FullName = full,
            Aliases = ReadAliases(node, inside, where),
            Doc = Text(node, "doc"),
            Properties = Others(node, TypeWords),
        };
        Register(record, where);
        if (Require(node, "fields", where) is not JsonArray list)
        {
            throw AvroErrors.Schema(where, "'fields' is not a list");
        }

        var fields = new List<AvroField>(list.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? item in list)
        {
            if (item is not JsonObject field)
            {
                throw AvroErrors.Schema(where, "a field is not an object");
            }

            string name = RequireText(field, "name", where);
            AvroNames.Check(name, where);
            if (!names.Add(name))
            {
                throw AvroErrors.Schema(where, $"there are two fields '{name}'");
            }

            string place = where.Length == 0 ? name : $"{where}.{name}";
            fields.Add(new AvroField(name, ReadType(Require(field, "type", place), inside, place, depth + 1))
            {
                Aliases = Texts(field, "aliases", place),
                Doc = Text(field, "doc"),
                HasDefault = field.ContainsKey("default"),
                Default = field["default"],
                Properties = Others(field, FieldWords),
            });
        }

        record.Fields = fields;
        return record;
    }

    private AvroType ReadEnum(JsonObject node, string space, string where)
    {
        string full = ReadFullName(node, space, where, out string inside);
        IReadOnlyList<string> symbols = Texts(node, "symbols", where);
        if (symbols.Count == 0 || symbols.Distinct().Count() != symbols.Count)
        {
            throw AvroErrors.Schema(where, symbols.Count == 0 ? "an enum has no symbols" : "an enum has a symbol twice");
        }

        string? fallback = Text(node, "default");
        if (fallback is not null && !symbols.Contains(fallback))
        {
            throw AvroErrors.Schema(where, $"the default '{fallback}' is not a symbol of the enum");
        }

        var type = new AvroType(AvroKind.Enum)
        {
            FullName = full,
            Aliases = ReadAliases(node, inside, where),
            Doc = Text(node, "doc"),
            Symbols = symbols,
            EnumDefault = fallback,
            Properties = Others(node, TypeWords),
        };
        Register(type, where);
        return type;
    }

    private AvroType ReadFixed(JsonObject node, string space, string where)
    {
        string full = ReadFullName(node, space, where, out string inside);
        if (Require(node, "size", where) is not JsonValue value || !value.TryGetValue(out int size) || size < 0)
        {
            throw AvroErrors.Schema(where, "the size of a fixed is not a number of bytes");
        }

        AvroType type = AvroLogicalTypes.Annotate(
            new AvroTypeParts(AvroKind.Fixed) { FullName = full, Aliases = ReadAliases(node, inside, where), Doc = Text(node, "doc"), Size = size },
            node,
            Others(node, TypeWords));
        Register(type, where);
        return type;
    }

    private static string ReadFullName(JsonObject node, string space, string where, out string inside)
    {
        string full = AvroNames.Qualify(RequireText(node, "name", where), Text(node, "namespace") ?? space);
        foreach (string part in full.Split('.'))
        {
            AvroNames.Check(part, where);
        }

        inside = AvroNames.Space(full);
        return full;
    }

    private static List<string> ReadAliases(JsonObject node, string space, string where)
        => [.. Texts(node, "aliases", where).Select(a => AvroNames.Qualify(a, space))];

    private void Register(AvroType type, string where)
    {
        if (Primitive(type.FullName) is not null || !_named.TryAdd(type.FullName, type))
        {
            throw AvroErrors.Schema(where, $"the name '{type.FullName}' is taken");
        }
    }

    private static AvroKind? Primitive(string name) => name switch
    {
        "null" => AvroKind.Null,
        "boolean" => AvroKind.Boolean,
        "int" => AvroKind.Int,
        "long" => AvroKind.Long,
        "float" => AvroKind.Float,
        "double" => AvroKind.Double,
        "bytes" => AvroKind.Bytes,
        "string" => AvroKind.String,
        _ => null,
    };

    private static JsonNode? Require(JsonObject node, string name, string where)
        => node.TryGetPropertyValue(name, out JsonNode? value) ? value : throw AvroErrors.Schema(where, $"the property '{name}' is missing");

    private static string RequireText(JsonObject node, string name, string where)
        => Text(node, name) ?? throw AvroErrors.Schema(where, $"the property '{name}' is missing or not text");

    private static string? Text(JsonObject node, string name)
        => node[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static List<string> Texts(JsonObject node, string name, string where)
    {
        if (node[name] is not { } value)
        {
            return [];
        }

        return value is JsonArray list && list.All(i => i is JsonValue v && v.TryGetValue(out string? _))
            ? [.. list.Select(i => i!.GetValue<string>())]
            : throw AvroErrors.Schema(where, $"'{name}' is not a list of names");
    }

    private static Dictionary<string, JsonNode?> Others(JsonObject node, HashSet<string> words)
        => node.Where(p => !words.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
}
