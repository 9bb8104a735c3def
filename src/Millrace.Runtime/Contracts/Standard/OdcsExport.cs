using System.Collections.Frozen;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Writes contracts as the standard has them, and short.</summary>
public static class OdcsExport
{
    private const string CustomProperties = "customProperties";

    private static readonly ErrorPlace Nowhere = new();

    /// <summary>The contract in the form of the standard, as YAML. Words that its version does not have go under <c>customProperties</c>.</summary>
    public static string ToStandard(AssetSpec asset)
    {
        var root = new OptionMap(Nowhere);
        Set(root, "apiVersion", asset.ApiVersion.StartsWith("v3.", StringComparison.Ordinal) ? asset.ApiVersion : OdcsWords.Version);
        Set(root, "kind", asset.Kind);
        Set(root, "id", asset.Id ?? asset.Name);
        Set(root, "name", asset.Name);
        Set(root, "version", asset.Version);
        Set(root, "status", asset.Status);
        Set(root, "domain", asset.Domain);
        Set(root, "tenant", asset.Tenant);
        if (asset.Description is { } description)
        {
            // The standard has parts of a description; one text is its purpose.
            root.Set("description", description is OptionScalar ? Map(("purpose", description)) : description);
        }

        bool isStrict = OdcsWords.Rule(asset.ApiVersion);
        var item = new OptionMap(Nowhere);
        CopyTo(asset.SchemaObject as OptionMap, item);
        if (item["name"] is null)
        {
            Set(item, "name", asset.Object ?? asset.Name);
        }

        item.Set("properties", new OptionList([.. asset.Schema.Select(c => StandardColumn(c, isStrict))], Nowhere));
        SetQuality(item, asset.Quality.Select(Named));
        root.Set("schema", new OptionList([isStrict ? Fitted(item, OdcsWords.Object) : item], Nowhere));
        SetTeam(root, asset);
        CopyTo(asset.Others.Where(e => e.Name != CustomProperties), root);
        SetCustom(root, OwnProperties(asset), asset.Others);
        return Write(isStrict ? Fitted(root, OdcsWords.Contract) : root);
    }

    /// <summary>The contract in the short form, as YAML.</summary>
    public static string ToShort(AssetSpec asset)
    {
        var root = new OptionMap(Nowhere);
        Set(root, "apiVersion", asset.ApiVersion);
        Set(root, "kind", asset.Kind);
        Set(root, "id", asset.Id);
        Set(root, "name", asset.Name);
        Set(root, "version", asset.Version);
        Set(root, "status", asset.Status);
        Set(root, "domain", asset.Domain);
        Set(root, "tenant", asset.Tenant);
        Set(root, "description", asset.Description);
        Set(root, "source_type", asset.SourceType);
        Set(root, "object", asset.Object);
        Set(root, "team", asset.Team);
        Set(root, "compliance", Compliance(asset.Compliance));
        Set(root, "finops", Words(asset.Finops));
        Set(root, "governance", Words(asset.Governance));
        Set(root, "data_quality", asset.DataQuality);
        Set(root, "change_management", asset.ChangeManagement);
        Set(root, "target", asset.Target);
        SetQuality(root, asset.Quality);
        root.Set("schema", new OptionList([.. asset.Schema.Select(ShortColumn)], Nowhere));
        Set(root, "schema_object", asset.SchemaObject);
        CopyTo(asset.Others, root);
        return Write(root);
    }

    private static OptionMap ShortColumn(AssetColumn column)
    {
        var map = new OptionMap(Nowhere);
        Set(map, "name", column.Name);
        Set(map, "type", column.Type?.ToString());
        Set(map, "logicalType", column.LogicalType);
        Flag(map, "required", column.Required);
        Flag(map, "unique", column.Unique);
        Flag(map, "primary_key", column.PrimaryKey);
        Plain(map, "min", column.Min);
        Plain(map, "max", column.Max);
        Flag(map, "exclusive_min", column.ExclusiveMin);
        Flag(map, "exclusive_max", column.ExclusiveMax);
        Plain(map, "min_length", Number(column.MinLength));
        Plain(map, "max_length", Number(column.MaxLength));
        Set(map, "pattern", column.Pattern);
        Set(map, "enum", Texts(column.Enum));
        Set(map, "foreign", Foreign(column.Foreign));
        SetQuality(map, column.Quality);
        Set(map, "format", column.Format);
        Set(map, "classification", column.Classification);
        Set(map, "description", column.Description);
        CopyTo(column.Others, map);
        return map;
    }

    private static OptionMap StandardColumn(AssetColumn column, bool isStrict)
    {
        var map = new OptionMap(Nowhere);
        Set(map, "name", column.Name);
        string? type = column.LogicalType ?? LogicalType(column.Type);
        if (isStrict)
        {
            type = type switch { "timestamp" => "date", "time" => "string", _ => type };
        }

        // Where the word is not the column's own, only the physical type still tells.
        DataType? physical = column.Type ?? (type == column.LogicalType ? null : column.ResolveType());
        Set(map, "logicalType", type);
        Set(map, "physicalType", physical?.ToString());
        var all = new OptionMap(Nowhere);
        Plain(all, "minLength", Number(column.MinLength));
        Plain(all, "maxLength", Number(column.MaxLength));
        Set(all, "pattern", column.Pattern);
        Set(all, "format", column.Format);
        Bound(all, "minimum", column.Min, physical, type);
        Bound(all, "maximum", column.Max, physical, type);
        Flag(all, "exclusiveMinimum", column.ExclusiveMin);
        Flag(all, "exclusiveMaximum", column.ExclusiveMax);
        CopyTo(column.Others["logicalTypeOptions"] as OptionMap, all);
        OptionMap options = all.Where(o => !isStrict || OdcsWords.TakesOption(type, o));
        if (options.Entries.Count > 0)
        {
            map.Set("logicalTypeOptions", options);
        }

        Flag(map, "required", column.Required);
        Flag(map, "unique", column.Unique);
        Flag(map, "primaryKey", column.PrimaryKey);
        Set(map, "classification", column.Classification);
        Set(map, "description", column.Description);
        CopyTo(column.Others.Where(e => e.Name is not ("logicalTypeOptions" or CustomProperties)), map);
        IEnumerable<QualitySpec> rules = column.Quality.Select(Named);
        SetQuality(map, column.Enum is { } values ? rules.Prepend(new QualitySpec { Type = QualityKind.Library, Rule = "validValues", ValidValues = values }) : rules);

        IEnumerable<OptionNode> own = all.Where(o => options[o.Name] is null).Entries.Select(o => Property(o.Name, o.Value));
        SetCustom(map, column.Foreign is { } foreign ? own.Prepend(Property(OdcsImport.Foreign, Foreign(foreign)!)) : own, column.Others);
        return isStrict ? Fitted(map, OdcsWords.Property) : map;
    }

    // Words that the standard does not have become properties of the author's own.
    private static OptionMap Fitted(OptionMap part, FrozenSet<string> words)
    {
        OptionMap fitted = part.Where(e => OdcsWords.Takes(words, e));
        SetCustom(fitted, part.Where(e => !OdcsWords.Takes(words, e)).Entries.Select(e => Property(e.Name, e.Value)), part);
        return fitted;
    }

    private static void SetCustom(OptionMap part, IEnumerable<OptionNode> properties, OptionMap others)
    {
        OptionNode[] all = [.. properties, .. (others[CustomProperties] as OptionList)?.Items ?? []];
        if (all.Length > 0)
        {
            part.Set(CustomProperties, new OptionList(all, Nowhere));
        }
    }

    // Placeholders of queries stand as they are in files of contracts, and only there.
    private static string Write(OptionMap root)
        => QualityQuery.Placeholders.Aggregate(YamlText.Write(root), (text, name) => text.Replace($"$${{{name}}}", $"${{{name}}}", StringComparison.Ordinal));

    private static void SetQuality(OptionMap map, IEnumerable<QualitySpec> rules)
    {
        OptionNode[] texts = [.. rules.Select(QualityText.Of)];
        if (texts.Length > 0)
        {
            map.Set("quality", new OptionList(texts, Nowhere));
        }
    }

    // What is counted has to be named by `rule` in version 3.0.2; `metric` came later.
    private static QualitySpec Named(QualitySpec rule)
        => rule.Type is null or QualityKind.Library && rule.Rule is null ? rule with { Rule = rule.Metric } : rule;

    // The words of version 3.0.2, which has no type for moments but date.
    private static string? LogicalType(DataType? type) => type?.Id switch
    {
        null => null,
        TypeId.Boolean => "boolean",
        TypeId.Date or TypeId.Timestamp => "date",
        TypeId.Float32 or TypeId.Float64 or TypeId.Decimal => "number",
        TypeId.List => "array",
        TypeId.Struct or TypeId.Map or TypeId.Json => "object",
        _ => type.IsInteger ? "integer" : "string",
    };

    // The standard has people with roles.
    private static void SetTeam(OptionMap root, AssetSpec asset)
        => Set(root, "team", asset.Team switch
        {
            OptionMap map => new OptionList([.. map.Entries.Select(e => Map(("username", e.Value), ("role", Scalar(e.Name))))], Nowhere),
            OptionScalar { IsNull: false } name => new OptionList([Map(("username", name), ("role", Scalar("owner")))], Nowhere),
            OptionList list => list,
            _ => null,
        });

    private static IEnumerable<OptionNode> OwnProperties(AssetSpec asset)
    {
        (string Name, OptionNode? Value)[] own =
        [
            ("compliance", Compliance(asset.Compliance)), ("dataQuality", asset.DataQuality), ("changeManagement", asset.ChangeManagement),
            ("finops", Words(asset.Finops)), ("governance", Words(asset.Governance)), ("sourceType", Scalar(asset.SourceType)), ("object", Scalar(asset.Object)), ("target", asset.Target),
        ];
        return own.Where(p => p.Value is not null).Select(p => Property(p.Name, p.Value!));
    }

    private static OptionMap? Compliance(ComplianceSpec compliance)
    {
        var map = new OptionMap(Nowhere);
        Set(map, "classification", compliance.Classification);
        if (compliance.Regulations.Count > 0)
        {
            Set(map, "regulations", Texts(compliance.Regulations));
        }

        Plain(map, "retention_days", Number(compliance.RetentionDays));
        CopyTo(compliance.Others, map);
        return map.Entries.Count == 0 ? null : map;
    }

    private static OptionMap? Words(IReadOnlyDictionary<string, string>? words)
    {
        if (words is null || words.Count == 0)
        {
            return null;
        }

        var map = new OptionMap(Nowhere);
        foreach ((string name, string value) in words)
        {
            Set(map, name, value);
        }

        return map;
    }

    private static OptionMap? Foreign(ForeignSpec? foreign)
    {
        if (foreign is null)
        {
            return null;
        }

        var map = new OptionMap(Nowhere);
        Set(map, "location", foreign.Location);
        Set(map, "column", foreign.Column);
        Set(map, "stream", foreign.Stream);
        return map;
    }

    private static OptionMap Property(string name, OptionNode value) => Map(("property", Scalar(name)), ("value", value));

    private static OptionMap Map(params ReadOnlySpan<(string Name, OptionNode? Value)> entries)
    {
        var map = new OptionMap(Nowhere);
        foreach ((string name, OptionNode? value) in entries)
        {
            Set(map, name, value);
        }

        return map;
    }

    private static OptionList? Texts(IReadOnlyList<string>? texts) => texts is null ? null : new OptionList([.. texts.Select(t => Scalar(t)!)], Nowhere);

    private static OptionScalar? Scalar(string? text) => text is null ? null : new OptionScalar(text, Nowhere, Quoted: true);

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static void Set(OptionMap map, string name, string? text) => Set(map, name, Scalar(text));

    private static void Set(OptionMap map, string name, OptionNode? value)
    {
        if (value is not null)
        {
            map.Set(name, value);
        }
    }

    // A number or date as it is written.
    private static void Plain(OptionMap map, string name, string? text)
    {
        if (text is not null)
        {
            map.Set(name, new OptionScalar(text, Nowhere));
        }
    }

    // Of dates and times the bounds are texts, which without quotes would be something else to readers of YAML.
    private static void Bound(OptionMap map, string name, string? text, DataType? type, string? logicalType)
    {
        if (logicalType == "date" || type?.Id == TypeId.Time)
        {
            Set(map, name, text);
        }
        else
        {
            Plain(map, name, text);
        }
    }

    private static void Flag(OptionMap map, string name, bool value)
    {
        if (value)
        {
            map.Set(name, new OptionScalar("true", Nowhere));
        }
    }

    private static void CopyTo(OptionMap? from, OptionMap to)
    {
        foreach (OptionEntry entry in from?.Entries ?? [])
        {
            to.Set(entry.Name, entry.Value);
        }
    }
}
