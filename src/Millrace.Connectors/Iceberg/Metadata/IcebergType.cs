using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>A type of the Iceberg specification ("Schemas and Data Types"). Immutable; equal by structure, field ids included.</summary>
public abstract record IcebergType
{
    public static IcebergPrimitive Boolean { get; } = new(IcebergKind.Boolean);
    public static IcebergPrimitive Int { get; } = new(IcebergKind.Int);
    public static IcebergPrimitive Long { get; } = new(IcebergKind.Long);
    public static IcebergPrimitive Float { get; } = new(IcebergKind.Float);
    public static IcebergPrimitive Double { get; } = new(IcebergKind.Double);
    public static IcebergPrimitive Date { get; } = new(IcebergKind.Date);
    public static IcebergPrimitive Time { get; } = new(IcebergKind.Time);
    public static IcebergPrimitive Timestamp { get; } = new(IcebergKind.Timestamp);
    public static IcebergPrimitive TimestampTz { get; } = new(IcebergKind.TimestampTz);
    public static IcebergPrimitive TimestampNs { get; } = new(IcebergKind.TimestampNs);
    public static IcebergPrimitive TimestampTzNs { get; } = new(IcebergKind.TimestampTzNs);
    public static IcebergPrimitive String { get; } = new(IcebergKind.String);
    public static IcebergPrimitive Uuid { get; } = new(IcebergKind.Uuid);
    public static IcebergPrimitive Binary { get; } = new(IcebergKind.Binary);

    public static IcebergPrimitive Fixed(int length) => new(IcebergKind.Fixed) { Length = length };

    public static IcebergPrimitive Decimal(int precision, int scale) => new(IcebergKind.Decimal) { Precision = precision, Scale = scale };

    /// <summary>The types directly inside, each as the field that holds it; none for a primitive.</summary>
    public virtual IReadOnlyList<IcebergField> Children => [];
}

/// <summary>The primitive types.</summary>
public enum IcebergKind
{
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Microseconds since midnight.</summary>
    Time,

    /// <summary>Microseconds, wall-clock.</summary>
    Timestamp,

    /// <summary>Microseconds, an instant.</summary>
    TimestampTz,

    /// <summary>Nanoseconds, of format version 3.</summary>
    TimestampNs,
    TimestampTzNs,
    String,
    Uuid,
    Fixed,
    Binary,
}

/// <summary>A type without parts.</summary>
public sealed record IcebergPrimitive(IcebergKind Kind) : IcebergType
{
    /// <summary>Digits of a decimal, 1 to 38.</summary>
    public int Precision { get; init; }

    /// <summary>Digits of a decimal after the point.</summary>
    public int Scale { get; init; }

    /// <summary>Bytes of a fixed.</summary>
    public int Length { get; init; }

    public bool IsTimestamp => Kind is IcebergKind.Timestamp or IcebergKind.TimestampTz or IcebergKind.TimestampNs or IcebergKind.TimestampTzNs;

    public bool IsNanoseconds => Kind is IcebergKind.TimestampNs or IcebergKind.TimestampTzNs;

    /// <summary>The name in metadata: <c>decimal(9, 2)</c>, <c>fixed[16]</c>, <c>timestamptz_ns</c>.</summary>
    public override string ToString() => Kind switch
    {
        IcebergKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision}, {Scale})"),
        IcebergKind.Fixed => string.Create(CultureInfo.InvariantCulture, $"fixed[{Length}]"),
        IcebergKind.TimestampTz => "timestamptz",
        IcebergKind.TimestampNs => "timestamp_ns",
        IcebergKind.TimestampTzNs => "timestamptz_ns",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

/// <summary>A type that this program does not know what to do with: columns of it are neither read nor written, and others beside them are read.</summary>
/// <param name="Name">The name in metadata, such as <c>variant</c> or <c>geometry(srid:4326)</c>.</param>
public sealed record IcebergForeign(string Name) : IcebergType
{
    public override string ToString() => Name;

    /// <summary>The first type of that kind in a type or below it; null where all are known.</summary>
    public static IcebergForeign? In(IcebergType type) => type as IcebergForeign ?? type.Children.Select(c => In(c.Type)).FirstOrDefault(f => f is not null);
}

/// <summary>Named fields.</summary>
public sealed record IcebergStruct(IReadOnlyList<IcebergField> Fields) : IcebergType
{
    public override IReadOnlyList<IcebergField> Children => Fields;

    public bool Equals(IcebergStruct? other) => other is not null && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => Fields.Aggregate(0, HashCode.Combine);

    public override string ToString() => $"struct<{string.Join(", ", Fields.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Id}: {f.Name}: {(f.Required ? "required" : "optional")} {f.Type}")))}>";
}

/// <summary>A list; its element is a field called <c>element</c>.</summary>
public sealed record IcebergList(IcebergField Element) : IcebergType
{
    public override IReadOnlyList<IcebergField> Children => [Element];

    public override string ToString() => $"list<{Element.Type}>";
}

/// <summary>A map; its key is required and called <c>key</c>, its value <c>value</c>.</summary>
public sealed record IcebergMap(IcebergField Key, IcebergField Value) : IcebergType
{
    public override IReadOnlyList<IcebergField> Children => [Key, Value];

    public override string ToString() => $"map<{Key.Type}, {Value.Type}>";
}

/// <summary>A place in a struct, list or map. The id stays with the column through all changes of name, place and type.</summary>
/// <param name="Id">Unique in the table for ever.</param>
/// <param name="Name">Name.</param>
/// <param name="Required">Never null.</param>
/// <param name="Type">Type.</param>
public sealed record IcebergField(int Id, string Name, bool Required, IcebergType Type)
{
    public string? Doc { get; init; }

    /// <summary>What rows written before the field existed have, as JSON text of a single value; null for null (version 3).</summary>
    public string? InitialDefault { get; init; }

    /// <summary>What writers put where nothing is given, as JSON text (version 3).</summary>
    public string? WriteDefault { get; init; }
}
