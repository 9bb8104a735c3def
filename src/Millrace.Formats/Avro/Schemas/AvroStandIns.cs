using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>
/// Our fixed-width types that Avro has no word for, and what they are written as; a property keeps their name. Written and
/// read by the same rule: the value is multiplied by <see cref="Factor"/>.
/// </summary>
internal sealed record AvroStandIn(AvroKind Kind, AvroLogical Logical = AvroLogical.None, int Factor = 1);

internal static class AvroStandIns
{
    public static AvroStandIn? For(DataType type) => type.Id switch
    {
        TypeId.Int8 or TypeId.Int16 or TypeId.UInt8 or TypeId.UInt16 => new(AvroKind.Int),
        TypeId.UInt32 => new(AvroKind.Long),

        // A long holds the lower half only; the decimal has no digits after the point.
        TypeId.UInt64 => new(AvroKind.Bytes, AvroLogical.Decimal),

        // A duration has no negative parts and no time finer than milliseconds.
        TypeId.Interval or TypeId.Json => new(AvroKind.String),
        TypeId.Time when type.Unit == TimeUnit.Second => new(AvroKind.Int, AvroLogical.TimeMillis, 1000),
        TypeId.Time when type.Unit == TimeUnit.Nanosecond => new(AvroKind.Long),
        TypeId.Timestamp when type.Unit == TimeUnit.Second => new(AvroKind.Long, type.TimeZone is null ? AvroLogical.LocalTimestampMillis : AvroLogical.TimestampMillis, 1000),
        TypeId.Timestamp when type.TimeZone is not null and not "UTC" => new(AvroKind.Long, type.Unit switch
        {
            TimeUnit.Millisecond => AvroLogical.TimestampMillis,
            TimeUnit.Microsecond => AvroLogical.TimestampMicros,
            _ => AvroLogical.TimestampNanos,
        }),
        _ => null,
    };
}
