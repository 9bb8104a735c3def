using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What a <see cref="TypePattern"/> accepts.</summary>
public enum TypePatternKind
{
    /// <summary>One type with its parameters.</summary>
    Exact,

    /// <summary>A decimal of any digits, kept as it is.</summary>
    Decimal,

    /// <summary>A timestamp of any unit and zone, kept as it is.</summary>
    Timestamp,

    /// <summary>Any type; all parameters with the same name have one type, to which arguments are brought.</summary>
    Variable,

    /// <summary>An array of what the child accepts.</summary>
    Array,

    /// <summary>A map of what the two children accept.</summary>
    Map,

    /// <summary>Any struct.</summary>
    Struct,

    /// <summary>Anything, kept as it is.</summary>
    Any,
}

/// <summary>The type of a parameter. Overload resolution brings arguments to it by implicit casts, as PostgreSQL does.</summary>
public sealed record TypePattern(TypePatternKind Kind)
{
    public DataType? Exact { get; init; }

    /// <summary>Name of a variable: <c>T</c>.</summary>
    public string Name { get; init; } = "";

    public IReadOnlyList<TypePattern> Children { get; init; } = [];

    public static TypePattern Decimal { get; } = new(TypePatternKind.Decimal);

    public static TypePattern Timestamp { get; } = new(TypePatternKind.Timestamp);

    public static TypePattern Struct { get; } = new(TypePatternKind.Struct);

    public static TypePattern Any { get; } = new(TypePatternKind.Any);

    public static TypePattern Variable(string name) => new(TypePatternKind.Variable) { Name = name };

    public static TypePattern Array(TypePattern element) => new(TypePatternKind.Array) { Children = [element] };

    public static TypePattern Map(TypePattern key, TypePattern value) => new(TypePatternKind.Map) { Children = [key, value] };

    public static implicit operator TypePattern(DataType type) => new(TypePatternKind.Exact) { Exact = type };

    /// <summary>The name in signatures.</summary>
    public override string ToString() => Kind switch
    {
        TypePatternKind.Exact => Exact!.ToString(),
        TypePatternKind.Decimal => "decimal",
        TypePatternKind.Timestamp => "timestamp",
        TypePatternKind.Variable => Name,
        TypePatternKind.Array => $"array<{Children[0]}>",
        TypePatternKind.Map => $"map<{Children[0]}, {Children[1]}>",
        TypePatternKind.Struct => "struct",
        _ => "any",
    };
}
