using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>A type whose logical type is not known yet.</summary>
internal sealed record AvroTypeParts(AvroKind Kind)
{
    public string FullName { get; init; } = "";

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Doc { get; init; }

    public int Size { get; init; }

    public IReadOnlyList<AvroType> Children { get; init; } = [];
}

/// <summary>Which logical types are valid on which type. One that is not valid is ignored, as the specification asks.</summary>
internal static class AvroLogicalTypes
{
    private static readonly (string Name, AvroLogical Logical, AvroKind[] On)[] Known =
    [
        ("decimal", AvroLogical.Decimal, [AvroKind.Bytes, AvroKind.Fixed]),
        ("uuid", AvroLogical.Uuid, [AvroKind.String, AvroKind.Fixed]),
        ("date", AvroLogical.Date, [AvroKind.Int]),
        ("time-millis", AvroLogical.TimeMillis, [AvroKind.Int]),
        ("time-micros", AvroLogical.TimeMicros, [AvroKind.Long]),
        ("timestamp-millis", AvroLogical.TimestampMillis, [AvroKind.Long]),
        ("timestamp-micros", AvroLogical.TimestampMicros, [AvroKind.Long]),
        ("timestamp-nanos", AvroLogical.TimestampNanos, [AvroKind.Long]),
        ("local-timestamp-millis", AvroLogical.LocalTimestampMillis, [AvroKind.Long]),
        ("local-timestamp-micros", AvroLogical.LocalTimestampMicros, [AvroKind.Long]),
        ("local-timestamp-nanos", AvroLogical.LocalTimestampNanos, [AvroKind.Long]),
        ("duration", AvroLogical.Duration, [AvroKind.Fixed]),
        ("map", AvroLogical.Map, [AvroKind.Array]),
    ];

    public static string? Name(AvroLogical logical) => Array.Find(Known, k => k.Logical == logical).Name;

    /// <summary>The unit of a time or timestamp; null for other logical types.</summary>
    public static TimeUnit? Unit(AvroLogical logical) => logical switch
    {
        AvroLogical.TimeMillis or AvroLogical.TimestampMillis or AvroLogical.LocalTimestampMillis => TimeUnit.Millisecond,
        AvroLogical.TimeMicros or AvroLogical.TimestampMicros or AvroLogical.LocalTimestampMicros => TimeUnit.Microsecond,
        AvroLogical.TimestampNanos or AvroLogical.LocalTimestampNanos => TimeUnit.Nanosecond,
        _ => null,
    };

    /// <summary>The logical type of a timestamp; there is none for seconds.</summary>
    public static AvroLogical Timestamp(TimeUnit unit, bool instant) => (unit, instant) switch
    {
        (TimeUnit.Nanosecond, true) => AvroLogical.TimestampNanos,
        (TimeUnit.Nanosecond, false) => AvroLogical.LocalTimestampNanos,
        (TimeUnit.Microsecond, true) => AvroLogical.TimestampMicros,
        (TimeUnit.Microsecond, false) => AvroLogical.LocalTimestampMicros,
        (_, true) => AvroLogical.TimestampMillis,
        _ => AvroLogical.LocalTimestampMillis,
    };

    public static AvroType Annotate(AvroTypeParts parts, JsonObject node, Dictionary<string, JsonNode?> properties)
    {
        int precision = Number(node, "precision", 0);
        int scale = Number(node, "scale", 0);
        AvroLogical logical = Find(parts, node, precision, scale);
        if (logical != AvroLogical.None)
        {
            properties.Remove("logicalType");
        }

        if (logical == AvroLogical.Decimal)
        {
            properties.Remove("precision");
            properties.Remove("scale");
        }

        return new AvroType(parts.Kind)
        {
            FullName = parts.FullName,
            Aliases = parts.Aliases,
            Doc = parts.Doc,
            Size = parts.Size,
            Children = parts.Children,
            Logical = logical,
            Precision = logical == AvroLogical.Decimal ? precision : 0,
            Scale = logical == AvroLogical.Decimal ? scale : 0,
            Properties = properties,
        };
    }

    private static AvroLogical Find(AvroTypeParts parts, JsonObject node, int precision, int scale)
    {
        if (node["logicalType"] is not JsonValue value || !value.TryGetValue(out string? name))
        {
            return AvroLogical.None;
        }

        foreach ((string known, AvroLogical logical, AvroKind[] on) in Known)
        {
            if (known == name)
            {
                return on.Contains(parts.Kind) && IsValid(logical, parts, precision, scale) ? logical : AvroLogical.None;
            }
        }

        return AvroLogical.None;
    }

    private static bool IsValid(AvroLogical logical, AvroTypeParts parts, int precision, int scale) => logical switch
    {
        AvroLogical.Decimal => precision is > 0 and <= DataType.MaxDecimalPrecision && scale >= 0 && scale <= precision
            && (parts.Kind == AvroKind.Bytes || precision <= DigitsOf(parts.Size)),
        AvroLogical.Uuid => parts.Kind == AvroKind.String || parts.Size == 16,
        AvroLogical.Duration => parts.Size == 12,
        AvroLogical.Map => parts.Children[0] is { Kind: AvroKind.Record, Fields: [{ Name: "key" }, { Name: "value" }] } entry && !AvroMapping.IsNullable(entry.Fields[0].Type),
        _ => true,
    };

    // The most digits of which every number fits a signed integer of so many bytes.
    private static int DigitsOf(int bytes) => bytes == 0 ? 0 : (int)Math.Min(1000, Math.Floor(Math.Log10(2) * ((8.0 * bytes) - 1)));

    private static int Number(JsonObject node, string name, int otherwise)
        => node[name] is { } found ? found is JsonValue value && value.TryGetValue(out int number) ? number : -1 : otherwise;
}
