using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>What one of our types is written as that Avro has no word for; a property keeps the type's name.</summary>
internal sealed record AvroStandIn(AvroKind Kind, AvroLogical Logical = AvroLogical.None);

internal static class AvroStandIns
{
    /// <summary>Digits of the decimal that stands in for whole numbers of 64 bits without sign.</summary>
    public const int DecimalDigits = 20;

    public static AvroStandIn? For(DataType type) => type.Id switch
    {
        TypeId.Int8 or TypeId.Int16 or TypeId.UInt8 or TypeId.UInt16 => new(AvroKind.Int),
        TypeId.UInt32 => new(AvroKind.Long),

        // A long holds the lower half only.
        TypeId.UInt64 => new(AvroKind.Bytes, AvroLogical.Decimal),

        // A duration has no negative parts and no time finer than milliseconds.
        TypeId.Interval or TypeId.Json => new(AvroKind.String),
        TypeId.Time when type.Unit == TimeUnit.Second => new(AvroKind.Int, AvroLogical.TimeMillis),
        TypeId.Time when type.Unit == TimeUnit.Nanosecond => new(AvroKind.Long),
        TypeId.Timestamp when type.Unit == TimeUnit.Second || type.TimeZone is not null and not "UTC"
            => new(AvroKind.Long, AvroLogicalTypes.Timestamp(type.Unit, type.TimeZone is not null)),
        _ => null,
    };
}
