using System.Collections.Frozen;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// The words that version 3.0.2 of the Open Data Contract Standard has, by part. It takes no others; what a contract says beside them has
/// its place under <c>customProperties</c>.
/// </summary>
internal static class OdcsWords
{
    public const string Version = "v3.0.2";

    public static readonly FrozenSet<string> Contract = FrozenSet.Create(
        "version", "kind", "apiVersion", "id", "name", "tenant", "tags", "status", "servers", "dataProduct", "description", "domain", "schema", "support", "price",
        "team", "roles", "slaDefaultElement", "slaProperties", "authoritativeDefinitions", "customProperties", "contractCreatedTs");

    public static readonly FrozenSet<string> Object = FrozenSet.Create(
        "name", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags", "customProperties", "logicalType", "physicalName",
        "dataGranularityDescription", "properties", "quality");

    public static readonly FrozenSet<string> Property = FrozenSet.Create(
        "name", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags", "customProperties", "primaryKey", "primaryKeyPosition",
        "logicalType", "logicalTypeOptions", "required", "unique", "partitioned", "partitionKeyPosition", "classification", "encryptedName",
        "transformSourceObjects", "transformLogic", "transformDescription", "examples", "criticalDataElement", "quality", "properties", "items");

    private static readonly FrozenSet<string> IntegerFormats = FrozenSet.Create("i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128");
    private static readonly FrozenSet<string> NumberFormats = FrozenSet.Create("f32", "f64");

    /// <summary>Whether the version of the standard is one that knows these words and no others.</summary>
    public static bool Rule(string apiVersion) => !apiVersion.StartsWith("v3.", StringComparison.Ordinal) || apiVersion.StartsWith("v3.0.", StringComparison.Ordinal);

    /// <summary>Whether a word can stand where words of its part do: tags are a list of texts, and no map.</summary>
    public static bool Takes(FrozenSet<string> part, OptionEntry entry)
        => part.Contains(entry.Name) && (entry.Name != "tags" || entry.Value is OptionList list && list.Items.All(i => i is OptionScalar));

    /// <summary>Whether a logical type has an option.</summary>
    public static bool TakesOption(string? logicalType, OptionEntry option) => (logicalType, option.Name) switch
    {
        ("string", "minLength" or "maxLength" or "pattern" or "format") => true,
        ("date", "format" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum") => true,
        ("integer" or "number", "multipleOf" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum") => true,
        ("integer", "format") => option.Value is OptionScalar format && IntegerFormats.Contains(format.Text),
        ("number", "format") => option.Value is OptionScalar format && NumberFormats.Contains(format.Text),
        ("object", "minProperties" or "maxProperties" or "required") => true,
        ("array", "minItems" or "maxItems" or "uniqueItems") => true,
        ("boolean" or null, _) => true,
        _ => false,
    };
}
