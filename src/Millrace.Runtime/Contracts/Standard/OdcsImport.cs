using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// Turns a contract as the standard writes it into the short form, part by part, so that every fault keeps its place. Parts
/// that the short form has no name for stay under their own.
/// </summary>
internal static class OdcsImport
{
    /// <summary>Names under which the standard's free properties hold what the short form has an option for.</summary>
    public static IReadOnlyList<string> Own { get; } = ["compliance", "dataQuality", "changeManagement", "finops", "governance", "sourceType", "object", "target"];

    /// <summary>Free property of a column that refers to another dataset.</summary>
    public const string Foreign = "foreign";

    private const string Quality = "quality";

    private static readonly (string Standard, string Short)[] TypeOptions =
    [
        ("minLength", "min_length"), ("maxLength", "max_length"), ("pattern", "pattern"), ("format", "format"),
        ("minimum", "min"), ("maximum", "max"), ("exclusiveMinimum", "exclusive_min"), ("exclusiveMaximum", "exclusive_max"),
    ];

    /// <summary>Whether the schema lists objects, with their columns below them. A column may have parts below it, too, and stands beside others.</summary>
    public static bool IsStandard(OptionMap root)
        => root["schema"] is OptionList list
            && list.Items.All(i => i is OptionMap item && item["type"] is null && (item["properties"] is OptionList || item["physicalName"] is not null || item["logicalType"] is OptionScalar { Text: "object" }))
            && list.Items.Any(i => i is OptionMap item && item["properties"] is OptionList);

    /// <param name="root">The contract.</param>
    /// <param name="name">The object that is meant; null for the only one.</param>
    /// <param name="faults">Gets what is wrong.</param>
    public static OptionMap? ToShort(OptionMap root, string? name, OptionFaults faults)
    {
        if (Choose(root, name, faults) is not { } chosen)
        {
            return null;
        }

        var result = new OptionMap(root.Place);
        foreach (OptionEntry entry in root.Entries)
        {
            switch (entry.Name)
            {
                case "schema":
                    var columns = (OptionList)chosen["properties"]!;
                    result.Set("schema", new OptionList([.. columns.Items.Select(c => c is OptionMap map ? Column(map) : c)], columns.Place), entry.NamePlace);
                    OptionMap about = chosen.Where(e => e.Name is not ("properties" or Quality));
                    if (chosen[Quality] is { } rules && root[Quality] is null)
                    {
                        result.Set(Quality, rules, rules.Place);
                    }

                    if (about.Entries.Any(e => e.Name != "name" || (e.Value as OptionScalar)?.Text != (root["name"] as OptionScalar)?.Text))
                    {
                        result.Set("schema_object", about);
                    }

                    break;
                case "customProperties" when entry.Value is OptionList list:
                    OptionNode[] others = [.. list.Items.Where(i => !TakeOwn(i, result))];
                    if (others.Length > 0)
                    {
                        result.Set(entry.Name, new OptionList(others, list.Place), entry.NamePlace);
                    }

                    break;
                default:
                    result.Set(entry.Name, entry.Value, entry.NamePlace);
                    break;
            }
        }

        if (result["name"] is null && chosen["name"] is { } own)
        {
            result.Set("name", own);
        }

        return result;
    }

    private static OptionMap? Choose(OptionMap root, string? name, OptionFaults faults)
    {
        OptionMap[] objects = [.. ((OptionList)root["schema"]!).Items.OfType<OptionMap>().Where(m => m["properties"] is OptionList)];
        string[] names = [.. objects.Select(o => (o["name"] as OptionScalar)?.Text ?? "")];
        OptionMap? found = name is null ? objects.Length == 1 ? objects[0] : null : Array.Find(objects, o => (o["name"] as OptionScalar)?.Text == name);
        if (found is null)
        {
            faults.Add(
                ContractErrors.NoObject,
                name is null ? $"The contract describes {objects.Length} objects: {string.Join(", ", names)}." : $"The contract has no object '{name}'{NearestName.Suggest(name, names)}.",
                root["schema"]!.Place);
        }

        return found;
    }

    private static bool TakeOwn(OptionNode item, OptionMap result)
    {
        if (item is OptionMap map && map["property"] is OptionScalar property && Own.Contains(property.Text) && map["value"] is { } value && result[property.Text] is null)
        {
            result.Set(property.Text, value, property.Place);
            return true;
        }

        return false;
    }

    private static OptionMap Column(OptionMap column)
    {
        var result = new OptionMap(column.Place);
        foreach (OptionEntry entry in column.Entries)
        {
            switch (entry.Name)
            {
                case "physicalType" when entry.Value is OptionScalar type && TypeName.TryParse(type.Text, out _, out _):
                    result.Set("type", entry.Value, entry.NamePlace);
                    break;
                case "logicalTypeOptions" when entry.Value is OptionMap options:
                    TakeTypeOptions(options, result, entry.NamePlace);
                    break;
                case Quality when entry.Value is OptionList rules:
                    OptionNode[] others = [.. rules.Items.Where(r => !TakeValues(r, result))];
                    if (others.Length > 0)
                    {
                        result.Set(entry.Name, new OptionList(others, rules.Place), entry.NamePlace);
                    }

                    break;
                case "customProperties" when entry.Value is OptionList list:
                    OptionNode[] rest = [.. list.Items.Where(i => !TakeForeign(i, result) && !TakeTypeOption(i, result))];
                    if (rest.Length > 0)
                    {
                        result.Set(entry.Name, new OptionList(rest, list.Place), entry.NamePlace);
                    }

                    break;
                default:
                    result.Set(entry.Name, entry.Value, entry.NamePlace);
                    break;
            }
        }

        return result;
    }

    private static void TakeTypeOptions(OptionMap options, OptionMap result, ErrorPlace place)
    {
        var others = new OptionMap(options.Place);
        foreach (OptionEntry entry in options.Entries)
        {
            string? name = TypeOptions.FirstOrDefault(o => o.Standard == entry.Name).Short;
            (name is null ? others : result).Set(name ?? entry.Name, entry.Value, entry.NamePlace);
        }

        if (others.Entries.Count > 0)
        {
            result.Set("logicalTypeOptions", others, place);
        }
    }

    // Rules for which the logical type has no option.
    private static bool TakeTypeOption(OptionNode item, OptionMap result)
    {
        if (item is OptionMap map && map["property"] is OptionScalar property && map["value"] is OptionScalar value
            && TypeOptions.FirstOrDefault(o => o.Standard == property.Text).Short is { } name && result[name] is null)
        {
            result.Set(name, value, property.Place);
            return true;
        }

        return false;
    }

    private static bool TakeValues(OptionNode rule, OptionMap result)
    {
        if (rule is OptionMap map && map["rule"] is OptionScalar { Text: "validValues" } && (map["validValues"] ?? map["mustBe"]) is OptionList values
            && map.Entries.All(e => e.Name is "rule" or "type" or "validValues" or "mustBe") && result["enum"] is null)
        {
            result.Set("enum", values);
            return true;
        }

        return false;
    }

    private static bool TakeForeign(OptionNode item, OptionMap result)
    {
        if (item is OptionMap map && map["property"] is OptionScalar { Text: Foreign } && map["value"] is OptionMap value)
        {
            result.Set("foreign", value);
            return true;
        }

        return false;
    }
}
