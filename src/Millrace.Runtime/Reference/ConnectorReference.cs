using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A connector's page of the reference, from its records: as text for the terminal, as Markdown and as JSON.</summary>
public static class ConnectorReference
{
    public static string ToText(string name, Connector connector)
    {
        var text = new StringBuilder();
        text.Append(name).Append(": ").Append(connector.Summary).Append('\n');
        foreach (string line in Abilities(connector.Capabilities))
        {
            text.Append("  ").Append(line).Append('\n');
        }

        AppendText(text, "Source options", connector.SourceOptions);
        AppendText(text, "Target options", connector.SinkOptions);
        return text.ToString();
    }

    public static string ToMarkdown(string name, Connector connector)
    {
        var text = new StringBuilder();
        text.Append("# Connector `").Append(name).Append("`\n\n").Append(connector.Summary).Append("\n\n");
        foreach (string line in Abilities(connector.Capabilities))
        {
            text.Append("* ").Append(line).Append('\n');
        }

        AppendMarkdown(text, "Source options", connector.SourceOptions);
        AppendMarkdown(text, "Target options", connector.SinkOptions);
        return text.ToString();
    }

    public static JsonObject ToJson(string name, Connector connector)
    {
        ConnectorCapabilities can = connector.Capabilities;
        return new JsonObject
        {
            ["name"] = name,
            ["summary"] = connector.Summary,
            ["read_modes"] = Names(can.ReadModes),
            ["write_modes"] = Names(can.WriteModes),
            ["guarantee"] = can.Guarantee is { } guarantee ? OptionInfo.SnakeCase(guarantee.ToString()) : null,
            ["source_options"] = Options(connector.SourceOptions),
            ["target_options"] = Options(connector.SinkOptions),
        };
    }

    /// <summary>A Markdown table of a record's options, and of the groups in it.</summary>
    public static void AppendOptions(StringBuilder text, Type record, string heading)
    {
        text.Append("| option | takes | default | meaning |\n|---|---|---|---|\n");
        var groups = new List<(string Title, Type Record)>();
        foreach (OptionInfo option in OptionInfo.Of(record).Where(o => !o.IsRest))
        {
            string takes = option.Values.Count > 0 ? string.Join(", ", option.Values.Select(v => $"`{v}`")) : OptionText.TypeName(option.Type);
            string fallback = option.IsRequired ? "**required**" : OptionText.Default(option) is { Length: > 0 } value ? $"`{Escape(value)}`" : "";
            text.Append($"| `{option.Name}` | {takes} | {fallback} | {Escape(option.Doc)} |\n");
            if (typeof(OptionChoice).IsAssignableFrom(option.Type))
            {
                var choice = (OptionChoice)Activator.CreateInstance(option.Type, null, new OptionMap(new ErrorPlace()))!;
                groups.AddRange(choice.Alternatives.Select(a => ($"`{option.Name}: {a.Key}`", a.Value)));
            }
            else if (option.Property.GetCustomAttribute<OptionKindsAttribute>() is { } kinds)
            {
                groups.AddRange(kinds.Kinds.Select(k => ($"`{option.Name}.NAME.{kinds.Key}: {k.Key}`", k.Value)));
            }
            else if (Group(option.Type) is { } group)
            {
                groups.Add(($"`{option.Name}`", group));
            }
        }

        foreach ((string title, Type group) in groups)
        {
            text.Append('\n').Append(heading).Append(' ').Append(title).Append("\n\n");
            AppendOptions(text, group, heading + "#");
        }
    }

    // A group of options, or a list of such.
    private static Type? Group(Type type)
    {
        Type element = type == typeof(string) ? type : OptionBinder.ElementType(type) ?? type;
        return OptionBinder.IsRecord(element) ? element : null;
    }

    private static IEnumerable<string> Abilities(ConnectorCapabilities can)
    {
        if (can.ReadModes.Count > 0)
        {
            yield return $"reads: {string.Join(", ", can.ReadModes.Select(m => OptionInfo.SnakeCase(m.ToString())))}"
                + (can.ReadsInParallel ? ", in parallel" : "");
            string[] pushed = [.. new[] { can.PushesProjection ? "projection" : "", can.PushesPredicate ? "predicates" : "", can.PushesLimit ? "limit" : "" }.Where(p => p.Length > 0)];
            if (pushed.Length > 0)
            {
                yield return $"pushed down: {string.Join(", ", pushed)}";
            }
        }

        if (can.WriteModes.Count > 0)
        {
            yield return $"writes: {string.Join(", ", can.WriteModes.Select(m => OptionInfo.SnakeCase(m.ToString())))}";
        }

        if (can.Guarantee is { } guarantee)
        {
            yield return $"guarantee: {OptionInfo.SnakeCase(guarantee.ToString()).Replace('_', ' ')}";
        }

        foreach (string limit in can.Limits)
        {
            yield return limit;
        }
    }

    private static void AppendText(StringBuilder text, string title, Type? record)
    {
        if (record is null)
        {
            return;
        }

        text.Append('\n').Append(title).Append('\n');
        AppendTextOptions(text, record, "  ");
    }

    private static void AppendTextOptions(StringBuilder text, Type record, string indent)
    {
        foreach (OptionInfo option in OptionInfo.Of(record).Where(o => !o.IsRest))
        {
            string takes = option.Values.Count > 0 ? string.Join("|", option.Values) : OptionText.TypeName(option.Type);
            string fallback = option.IsRequired ? ", required" : OptionText.Default(option) is { Length: > 0 } value ? $", default {value}" : "";
            text.Append($"{indent}{option.Name} ({takes}{fallback})\n{indent}    {option.Doc}\n");
            if (typeof(OptionChoice).IsAssignableFrom(option.Type))
            {
                var choice = (OptionChoice)Activator.CreateInstance(option.Type, null, new OptionMap(new ErrorPlace()))!;
                foreach ((string name, Type alternative) in choice.Alternatives)
                {
                    text.Append($"{indent}    with {option.Name}: {name}\n");
                    AppendTextOptions(text, alternative, indent + "      ");
                }
            }
            else if (option.Property.GetCustomAttribute<OptionKindsAttribute>() is { } kinds)
            {
                foreach ((string name, Type kind) in kinds.Kinds)
                {
                    text.Append($"{indent}    with {option.Name}.NAME.{kinds.Key}: {name}\n");
                    AppendTextOptions(text, kind, indent + "      ");
                }
            }
        }
    }

    private static void AppendMarkdown(StringBuilder text, string title, Type? record)
    {
        if (record is not null)
        {
            text.Append("\n## ").Append(title).Append("\n\n");
            AppendOptions(text, record, "###");
        }
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static JsonArray Names<T>(IReadOnlyList<T> modes)
        where T : struct, Enum => [.. modes.Select(m => (JsonNode)OptionInfo.SnakeCase(m.ToString()))];

    private static JsonArray? Options(Type? record) => record is null ? null : [.. OptionInfo.Of(record).Where(o => !o.IsRest).Select(o => (JsonNode)new JsonObject
    {
        ["name"] = o.Name,
        ["takes"] = OptionText.TypeName(o.Type),
        ["values"] = new JsonArray([.. o.Values.Select(v => (JsonNode)v)]),
        ["required"] = o.IsRequired,
        ["default"] = OptionText.Default(o) is { Length: > 0 } value ? value : null,
        ["doc"] = o.Doc,
    })];
}
