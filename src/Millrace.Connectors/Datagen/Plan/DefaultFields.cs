using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>How a column is filled of which only the type is known, and which type a column has of which only the kind is known.</summary>
internal static class DefaultFields
{
    public static FieldOptions? Of(DataType type) => type.Id switch
    {
        TypeId.Boolean => new BooleanField(),
        TypeId.Utf8 => new TextField(),
        TypeId.Binary or TypeId.FixedBinary => new TextField(),
        TypeId.Json => new TemplateField { Template = "{{\"n\":{n}}}" },
        TypeId.Uuid => new UuidField(),
        TypeId.Timestamp => new TimeField(),
        TypeId.Interval => new EnumField { Values = ["PT1S", "PT1H", "P1D", "P1M"] },
        TypeId.Dictionary => new EnumField { Values = [.. Enumerable.Range(1, 10).Select(i => $"{i}")] },
        TypeId.List or TypeId.Struct or TypeId.Map => null,
        _ => new UniformField(),
    };

    /// <summary>The least and greatest values of a uniform column that says none.</summary>
    public static (string Least, string Most) Range(DataType type) => type.Id switch
    {
        TypeId.Int8 or TypeId.UInt8 => ("0", "100"),
        TypeId.Int16 or TypeId.UInt16 => ("0", "10000"),
        TypeId.Date => ("2024-01-01", "2024-12-31"),
        TypeId.Time => ("00:00:00", "23:59:59"),
        TypeId.Timestamp => ("2024-01-01 00:00:00", "2024-12-31 23:59:59"),
        TypeId.Decimal => ("0", new string('9', Math.Clamp(type.Precision - type.Scale, 0, 3)) is { Length: > 0 } digits ? digits : "0"),
        TypeId.Float32 or TypeId.Float64 => ("0", "1"),
        _ => ("0", "1000000"),
    };

    /// <summary>The type of a column that is declared nowhere.</summary>
    public static DataType TypeOf(FieldOptions options) => options switch
    {
        SequenceField or ZipfField or ReferenceField => DataType.Int64,
        UniformField or NormalField or ExponentialField or RandomWalkField => DataType.Float64,
        BooleanField => DataType.Boolean,
        UuidField => DataType.Uuid,
        TimeField => DataType.Timestamp(),
        _ => DataType.Utf8,
    };
}
