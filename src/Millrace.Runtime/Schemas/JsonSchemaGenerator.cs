using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Runtime;

/// <summary>
/// Makes the JSON Schema (draft 2020-12) of configuration files from the option records and the connectors, for editors
/// that complete and check YAML.
/// </summary>
public sealed class JsonSchemaGenerator(ConnectorRegistry connectors)
{
    private readonly JsonObject _definitions = [];

    /// <summary>Names of the kinds of file there are schemas for, with their records.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds { get; } = new SortedDictionary<string, Type>(StringComparer.Ordinal)
    {
        ["asset"] = typeof(AssetSpec),
        ["connector"] = typeof(ConnectorSpec),
        ["job"] = typeof(JobSpec),
    };

    /// <summary>The schema of a kind of file.</summary>
    public static JsonObject Generate(string kind, ConnectorRegistry connectors)
    {
        Type record = Kinds[kind];
        var generator = new JsonSchemaGenerator(connectors);
        JsonObject body = generator.Record(record);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"Millrace {kind} file",
        };
        foreach ((string key, JsonNode? value) in body.ToArray())
        {
            body.Remove(key);
            schema[key] = value;
        }

        if (generator._definitions.Count > 0)
        {
            schema["$defs"] = generator._definitions;
        }

        return schema;
    }

    private JsonObject Record(Type record)
    {
        IReadOnlyList<OptionInfo> options = OptionInfo.Of(record);
        var properties = new JsonObject();
        var required = new JsonArray();
        bool open = false;
        foreach (OptionInfo option in options)
        {
            if (option.IsRest)
            {
                open = true;
                continue;
            }

            properties[option.Name] = Option(option);
            if (option.IsRequired)
            {
                required.Add(option.Name);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        if (record == typeof(SourceSpec) || record == typeof(TargetSpec))
        {
            AddConnectors(schema, record == typeof(SourceSpec) ? ConnectorRole.Source : ConnectorRole.Target, "connector");
        }
        else if (record == typeof(ConnectorSpec))
        {
            AddConnectors(schema, null, "type");
        }
        else if (!open)
        {
            schema["additionalProperties"] = false;
        }

        return Shorthand(record, schema);
    }

    private static JsonObject Shorthand(Type record, JsonObject schema)
    {
        object? shorthand = Array.Find(record.GetCustomAttributes(typeof(OptionShorthandAttribute), inherit: true), _ => true);
        if (shorthand is not OptionShorthandAttribute attribute)
        {
            return schema;
        }

        OptionInfo target = OptionInfo.Of(record).First(o => o.Name == attribute.Option);
        var scalar = new JsonObject { ["type"] = "string", ["description"] = target.Doc };
        if (target.Values.Count > 0)
        {
            scalar["enum"] = Texts(target.Values);
        }

        return new JsonObject { ["anyOf"] = new JsonArray(scalar, schema) };
    }

    // A group that names a connector also takes that connector's options.
    private void AddConnectors(JsonObject schema, ConnectorRole? role, string key)
    {
        var names = new JsonArray();
        var branches = new JsonArray();
        var shared = new JsonObject();
        foreach ((string name, Connector connector) in connectors.All)
        {
            Type?[] records = role switch
            {
                ConnectorRole.Source => [connector.SourceOptions],
                ConnectorRole.Target => [connector.SinkOptions],
                _ => [connector.SourceOptions, connector.SinkOptions],
            };
            var properties = new JsonObject();
            foreach (OptionInfo option in records.OfType<Type>().SelectMany(OptionInfo.Of).Where(o => !o.IsRest))
            {
                properties.TryAdd(option.Name, Option(option));
                shared.TryAdd(option.Name, true);
            }

            if (properties.Count == 0)
            {
                continue;
            }

            names.Add(name);
            branches.Add(new JsonObject
            {
                ["if"] = new JsonObject
                {
                    ["properties"] = new JsonObject { [key] = new JsonObject { ["const"] = name } },
                    ["required"] = new JsonArray(key),
                },
                ["then"] = new JsonObject { ["properties"] = properties },
            });
        }

        var own = (JsonObject)schema["properties"]!;
        own[key]!["enum"] = names;
        schema["allOf"] = branches;

        // Editors flag a name that neither the group nor any connector knows.
        var known = new JsonObject();
        foreach ((string name, JsonNode? value) in shared.Where(s => !own.ContainsKey(s.Key)).ToArray())
        {
            shared.Remove(name);
            known[name] = value;
        }

        foreach ((string name, JsonNode? value) in known.ToArray())
        {
            known.Remove(name);
            own[name] = value;
        }

        schema["additionalProperties"] = false;
    }

    private JsonObject Option(OptionInfo option)
    {
        JsonObject schema = Value(option.Type, option);
        if (option.Doc.Length > 0)
        {
            schema["description"] = option.Doc;
        }

        if (OptionText.Default(option) is { Length: > 0 } text)
        {
            schema["default"] = option.Default switch
            {
                bool flag => flag,
                int number => number,
                long number => number,
                double number => number,
                _ => text,
            };
        }

        if (option.Example is { } example)
        {
            schema["examples"] = new JsonArray(example);
        }

        return schema;
    }

    private JsonObject Value(Type type, OptionInfo option)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (typeof(OptionChoice).IsAssignableFrom(type))
        {
            return Choice(type);
        }

        if (type != typeof(string) && OptionBinder.ElementType(type) is { } element)
        {
            JsonObject items = Value(element, option);
            return new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "array", ["items"] = items }, items.DeepClone()) };
        }

        if (option.Property.GetCustomAttribute<OptionKindsAttribute>() is { } kinds)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Alternatives(kinds.Kinds, kinds.Key) };
        }

        if (type == typeof(OptionNode) || type == typeof(OptionMap))
        {
            return option.Property.DeclaringType == typeof(JobSpec)
                ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, Reference(typeof(AssetSpec))) }
                : [];
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
        }

        if (OptionBinder.IsRecord(type))
        {
            return Reference(type);
        }

        return Scalar(type, option);
    }

    private static JsonObject Scalar(Type type, OptionInfo option)
    {
        if (type == typeof(bool))
        {
            return new JsonObject { ["type"] = "boolean" };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            var number = new JsonObject { ["type"] = "integer" };
            if (option.Range is { } range)
            {
                AddBound(number, "minimum", range.Minimum);
                AddBound(number, "maximum", range.Maximum);
            }

            return number;
        }

        if (type == typeof(double))
        {
            return new JsonObject { ["type"] = "number" };
        }

        if (type == typeof(ByteSize))
        {
            return new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = @"^[0-9.]+ ?([KMGT]i?)?B?$" };
        }

        if (option.Property.IsDefined(typeof(OptionAnyScalarAttribute)))
        {
            return new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        }

        var text = new JsonObject { ["type"] = "string" };
        if (option.Values.Count > 0)
        {
            text["enum"] = Texts(option.Values);
        }
        else if (type == typeof(TimeSpan))
        {
            text["pattern"] = "^([0-9.]+ ?(us|ms|s|m|h|d|w) ?)+$";
        }
        else if (type == typeof(DataType))
        {
            text["examples"] = new JsonArray("bigint", "varchar", "decimal(12,2)", "timestamp", "array<bigint>");
        }

        return text;
    }

    // A bound at the end of what 64 bits hold is none.
    private static void AddBound(JsonObject schema, string name, object bound)
    {
        double value = Convert.ToDouble(bound, System.Globalization.CultureInfo.InvariantCulture);
        if (Math.Abs(value) < long.MaxValue)
        {
            schema[name] = (long)value;
        }
    }

    private JsonObject Choice(Type type)
    {
        var choice = (OptionChoice)Activator.CreateInstance(type, null, new OptionMap(new ErrorPlace()))!;
        return Alternatives(choice.Alternatives, choice.Key);
    }

    // A name alone, or a group of options in which it stands under a key.
    private JsonObject Alternatives(IReadOnlyDictionary<string, Type> records, string key)
    {
        var alternatives = new JsonArray(new JsonObject { ["type"] = "string", ["enum"] = Texts(records.Keys) });
        foreach ((string name, Type record) in records)
        {
            JsonObject body = Record(record);
            var properties = (JsonObject)body["properties"]!;
            properties[key] = new JsonObject { ["const"] = name };
            alternatives.Add(body);
        }

        return new JsonObject { ["anyOf"] = alternatives };
    }

    private JsonObject Reference(Type record)
    {
        string name = OptionInfo.SnakeCase(record.Name);
        if (!_definitions.ContainsKey(name))
        {
            // Reserved first, so that a record that holds itself ends.
            _definitions[name] = new JsonObject();
            _definitions[name] = Record(record);
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    private static JsonArray Texts(IEnumerable<string> texts)
    {
        var array = new JsonArray();
        foreach (string text in texts)
        {
            array.Add(text);
        }

        return array;
    }
}
