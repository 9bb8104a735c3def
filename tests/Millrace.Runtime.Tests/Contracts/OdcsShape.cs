using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Contracts;

/// <summary>
/// What the JSON schema of the Open Data Contract Standard 3.0.2 asks of the parts that an export has: which names there are, which have to
/// be there, of what kind they are. Parts that take any names (quality rules, servers, descriptions) are looked at as far as they are fixed.
/// </summary>
internal static class OdcsShape
{
    private static readonly string[] Element = ["name:text", "physicalType:text", "description:text", "businessName:text", "authoritativeDefinitions:list", "tags:texts", "customProperties:list"];
    private static readonly string[] Bounds = ["exclusiveMaximum:flag", "exclusiveMinimum:flag"];
    private static readonly string[] Numbers = [.. Bounds, "multipleOf:number", "maximum:number", "minimum:number"];

    private static readonly string[] Contract =
    [
        "version:text!", "kind:text!", "apiVersion:text!", "id:text!", "name:text", "tenant:text", "tags:texts", "status:text!", "servers:list", "dataProduct:text",
        "description:map", "domain:text", "schema:list", "support:list", "price:map", "team:list", "roles:list", "slaDefaultElement:text", "slaProperties:list",
        "authoritativeDefinitions:list", "customProperties:list", "contractCreatedTs:text",
    ];

    private static readonly string[] SchemaObject = [.. Element, "name:text!", "logicalType:text", "physicalName:text", "dataGranularityDescription:text", "properties:list", "quality:list"];

    private static readonly string[] Property =
    [
        .. Element, "name:text!", "primaryKey:flag", "primaryKeyPosition:integer", "logicalType:text", "logicalTypeOptions:map", "required:flag", "unique:flag",
        "partitioned:flag", "partitionKeyPosition:integer", "classification:text", "encryptedName:text", "transformSourceObjects:texts", "transformLogic:text",
        "transformDescription:text", "examples:list", "criticalDataElement:flag", "quality:list",
    ];

    private static readonly Dictionary<string, string[]> TypeOptions = new()
    {
        ["string"] = ["minLength:integer", "maxLength:integer", "pattern:text", "format:text"],
        ["date"] = [.. Bounds, "format:text", "maximum:text", "minimum:text"],
        ["integer"] = [.. Numbers, "format:i8 i16 i32 i64 i128 u8 u16 u32 u64 u128"],
        ["number"] = [.. Numbers, "format:f32 f64"],
        ["object"] = ["maxProperties:integer", "minProperties:integer", "required:texts"],
        ["array"] = ["maxItems:integer", "minItems:integer", "uniqueItems:flag"],
        ["boolean"] = [],
    };

    private static readonly string[] Member = ["username:text", "role:text", "dateIn:text", "dateOut:text", "replacedByUsername:text"];

    private static readonly string[] Thresholds =
    [
        "mustBeGreaterThan:number", "mustBeGreaterOrEqualTo:number", "mustBeLessThan:number", "mustBeLessOrEqualTo:number", "mustBeBetween:list", "mustNotBeBetween:list",
    ];

    /// <summary>Fails with the first thing that the schema does not allow.</summary>
    public static void AssertFits(OptionMap contract)
    {
        Check(contract, Contract, "", isClosed: true);
        Assert.Equal("DataContract", Text(contract, "kind"));
        Assert.StartsWith("v3.0.", Text(contract, "apiVersion"), StringComparison.Ordinal);
        CheckCustom(contract, "");
        foreach (OptionMap member in Items(contract, "team"))
        {
            Check(member, Member, "team", isClosed: false);
        }

        foreach (OptionMap item in Items(contract, "schema"))
        {
            Check(item, SchemaObject, "schema", isClosed: true);
            CheckCustom(item, "schema");
            CheckQuality(item, "schema");
            foreach (OptionMap column in Items(item, "properties"))
            {
                CheckColumn(column);
            }
        }
    }

    private static void CheckColumn(OptionMap column)
    {
        string where = $"column {Text(column, "name")}";
        string? type = Text(column, "logicalType");
        Assert.True(type is null || TypeOptions.ContainsKey(type), $"{where}: logicalType {type}");
        string[] parts = type switch { "object" => ["properties:list"], "array" => ["items:map"], _ => [] };
        Check(column, [.. Property, .. parts], where, isClosed: true);
        if (type is not null && column["logicalTypeOptions"] is OptionMap options && type != "boolean")
        {
            Check(options, TypeOptions[type], where, isClosed: true);
        }

        CheckCustom(column, where);
        CheckQuality(column, where);
    }

    private static void CheckCustom(OptionMap part, string where)
    {
        foreach (OptionMap property in Items(part, "customProperties"))
        {
            Check(property, ["property:text!"], where, isClosed: false);
        }
    }

    private static void CheckQuality(OptionMap part, string where)
    {
        foreach (OptionMap rule in Items(part, "quality"))
        {
            Check(rule, [.. Thresholds, Text(rule, "type") is null or "library" ? "rule:text!" : Text(rule, "type") == "sql" ? "query:text!" : "type:text sql library custom"], where, isClosed: false);
            foreach (string name in new[] { "mustBeBetween", "mustNotBeBetween" })
            {
                Assert.True(rule[name] is not OptionList bounds || bounds.Items.Count == 2 && bounds.Items.All(b => Is(b, "number")), $"{where}: {name}");
            }
        }
    }

    private static void Check(OptionMap part, string[] names, string where, bool isClosed)
    {
        ILookup<string, string> kinds = names.ToLookup(n => n.Split(':')[0], n => n.Split(':')[1]);
        foreach (OptionEntry entry in part.Entries)
        {
            Assert.True(!isClosed || kinds.Contains(entry.Name), $"{where}: there is no '{entry.Name}'");
            Assert.All(kinds[entry.Name], kind => Assert.True(Is(entry.Value, kind.TrimEnd('!')), $"{where}: {entry.Name} is no {kind}"));
        }

        Assert.All(kinds.Where(k => k.Any(kind => kind.EndsWith('!'))), k => Assert.True(part[k.Key] is not null, $"{where}: '{k.Key}' is missing"));
    }

    // As readers of YAML take a value: without quotes a number is a number, and a date one.
    private static bool Is(OptionNode value, string kind) => kind switch
    {
        "text" => value is OptionScalar scalar && (scalar.Quoted || !IsNumber(scalar) && scalar.Text is not ("true" or "false") && !DateTime.TryParse(scalar.Text, CultureInfo.InvariantCulture, out _)),
        "flag" => value is OptionScalar { Quoted: false, Text: "true" or "false" },
        "number" => value is OptionScalar { Quoted: false } number && IsNumber(number),
        "integer" => value is OptionScalar { Quoted: false } number && long.TryParse(number.Text, CultureInfo.InvariantCulture, out _),
        "list" => value is OptionList,
        "texts" => value is OptionList list && list.Items.All(i => Is(i, "text")),
        "map" => value is OptionMap,
        _ => value is OptionScalar word && kind.Split(' ').Contains(word.Text),
    };

    private static bool IsNumber(OptionScalar scalar) => double.TryParse(scalar.Text, CultureInfo.InvariantCulture, out _);

    private static string? Text(OptionMap map, string name) => (map[name] as OptionScalar)?.Text;

    private static IEnumerable<OptionMap> Items(OptionMap map, string name) => ((map[name] as OptionList)?.Items ?? []).Cast<OptionMap>();
}
