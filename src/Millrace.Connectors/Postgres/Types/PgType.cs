namespace Millrace.Connectors.Postgres;

/// <summary>A type as the server's catalogue describes it (<c>pg_type</c>).</summary>
internal sealed record PgType
{
    public required uint Oid { get; init; }

    /// <summary>Name without schema.</summary>
    public required string Name { get; init; }

    public required string Schema { get; init; }

    public required PgTypeKind Kind { get; init; }

    /// <summary>Type of the elements of an array; 0 for what is none.</summary>
    public uint Element { get; init; }

    /// <summary>Type behind a domain; 0 for what is none.</summary>
    public uint Base { get; init; }

    /// <summary>Type modifier of a domain.</summary>
    public int BaseModifier { get; init; } = -1;

    /// <summary>Fields of a composite type.</summary>
    public IReadOnlyList<PgAttribute> Attributes { get; init; } = [];

    public bool IsBuiltIn => Schema == "pg_catalog";

    public override string ToString() => IsBuiltIn ? Name : $"{Schema}.{Name}";
}

/// <param name="Name">Name of the field or column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Modifier">Its type modifier: length, or precision and scale; -1 for none.</param>
internal sealed record PgAttribute(string Name, uint Type, int Modifier);

/// <summary>What a type is made of (<c>pg_type.typtype</c>; arrays are told apart from other base types).</summary>
internal enum PgTypeKind
{
    Base,
    Array,
    Domain,
    Enum,
    Composite,
    Range,
    Other,
}
