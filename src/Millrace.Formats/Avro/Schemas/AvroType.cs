using System.Text.Json.Nodes;

namespace Millrace.Formats.Avro;

/// <summary>
/// A type of an Avro schema. A name that is used again refers to the same instance, so a recursive schema is a graph with
/// cycles. Not changed after parsing.
/// </summary>
public sealed class AvroType
{
    internal AvroType(AvroKind kind) => Kind = kind;

    public AvroKind Kind { get; }

    /// <summary>Namespace and name of a record, enum or fixed; empty otherwise.</summary>
    public string FullName { get; internal init; } = "";

    /// <summary>Full names by which the type was known before.</summary>
    public IReadOnlyList<string> Aliases { get; internal init; } = [];

    public string? Doc { get; internal init; }

    public AvroLogical Logical { get; internal init; }

    /// <summary>Digits of a decimal.</summary>
    public int Precision { get; internal init; }

    public int Scale { get; internal init; }

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; internal init; }

    /// <summary>Fields of a record. Filled after the record is known by name, for the sake of recursion.</summary>
    public IReadOnlyList<AvroField> Fields { get; internal set; } = [];

    /// <summary>Symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; internal init; } = [];

    /// <summary>The symbol for those that a reader does not know.</summary>
    public string? EnumDefault { get; internal init; }

    /// <summary>Elements of an array, values of a map, branches of a union.</summary>
    public IReadOnlyList<AvroType> Children { get; internal init; } = [];

    /// <summary>Attributes that the specification does not define, and logical types that are not known.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Properties { get; internal init; } = NoProperties;

    public AvroType Item => Children[0];

    public bool IsNamed => Kind is AvroKind.Record or AvroKind.Enum or AvroKind.Fixed;

    /// <summary>The full name without its namespace.</summary>
    public string Name => FullName[(FullName.LastIndexOf('.') + 1)..];

    /// <summary>What a union calls the branch, and messages the type.</summary>
    public string Label => IsNamed ? Name : Kind.ToString().ToLowerInvariant();

    internal static IReadOnlyDictionary<string, JsonNode?> NoProperties { get; } = new Dictionary<string, JsonNode?>();

    /// <summary>Reads a schema in JSON.</summary>
    public static AvroType Parse(string json) => AvroSchemaParser.Parse(json);

    /// <summary>The schema in JSON, with everything that was read.</summary>
    public string ToJson() => AvroSchemaWriter.Write(this);

    public override string ToString() => ToJson();
}

/// <summary>A field of a record.</summary>
public sealed class AvroField
{
    internal AvroField(string name, AvroType type)
    {
        Name = name;
        Type = type;
    }

    public string Name { get; }

    public AvroType Type { get; }

    public IReadOnlyList<string> Aliases { get; internal init; } = [];

    public string? Doc { get; internal init; }

    public bool HasDefault { get; internal init; }

    /// <summary>The default in JSON, when there is one; a JSON null is <see langword="null"/>.</summary>
    public JsonNode? Default { get; internal init; }

    /// <summary>Attributes that the specification does not define, such as Iceberg's <c>field-id</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Properties { get; internal init; } = AvroType.NoProperties;
}
