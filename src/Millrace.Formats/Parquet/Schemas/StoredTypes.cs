using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>What each type becomes in a file.</summary>
internal static class StoredTypes
{
    /// <summary>Bytes of Parquet's interval: months, days and milliseconds of 4 bytes each.</summary>
    public const int IntervalWidth = 12;

    private const int UuidWidth = 16;

    /// <summary>Fills in type, logical type and converted type; null for a type that Parquet does not have.</summary>
    public static (PhysicalType Physical, int Width, LeafOrder Order)? Describe(DataType type, SchemaElement element)
    {
        element.LogicalType = Logical(type);
        element.ConvertedType = Converted(type);
        if (type.Id == TypeId.Decimal)
        {
            element.Precision = type.Precision;
            element.Scale = type.Scale;
        }

        if (Physical(type) is not { } stored)
        {
            return null;
        }

        element.Type = stored.Physical;
        element.TypeLength = stored.Physical == PhysicalType.FixedLenByteArray ? stored.Width : null;
        return stored;
    }

    /// <summary>The fewest bytes that hold every decimal of so many digits.</summary>
    public static int DecimalWidth(int precision)
    {
        Int128 most = 1;
        for (int i = 0; i < precision; i++)
        {
            most *= 10;
        }

        int bytes = 1;
        while (bytes < 16 && most > (Int128)1 << ((bytes * 8) - 1))
        {
            bytes++;
        }

        return bytes;
    }

    private static (PhysicalType Physical, int Width, LeafOrder Order)? Physical(DataType type) => type.Id switch
    {
        TypeId.Boolean => (PhysicalType.Boolean, 1, LeafOrder.Numeric),
        TypeId.Int8 or TypeId.Int16 or TypeId.Int32 or TypeId.UInt8 or TypeId.UInt16 or TypeId.UInt32 or TypeId.Date => (PhysicalType.Int32, 4, LeafOrder.Numeric),
        TypeId.Int64 or TypeId.UInt64 or TypeId.Timestamp => (PhysicalType.Int64, 8, LeafOrder.Numeric),
        TypeId.Time => type.Unit <= TimeUnit.Millisecond ? (PhysicalType.Int32, 4, LeafOrder.Numeric) : (PhysicalType.Int64, 8, LeafOrder.Numeric),
        TypeId.Float32 => (PhysicalType.Float, 4, LeafOrder.Numeric),
        TypeId.Float64 => (PhysicalType.Double, 8, LeafOrder.Numeric),
        TypeId.Decimal => type.Precision switch
        {
            <= 9 => (PhysicalType.Int32, 4, LeafOrder.Numeric),
            <= 18 => (PhysicalType.Int64, 8, LeafOrder.Numeric),
            _ => (PhysicalType.FixedLenByteArray, DecimalWidth(type.Precision), LeafOrder.SignedBytes),
        },
        TypeId.Utf8 or TypeId.Binary or TypeId.Json => (PhysicalType.ByteArray, 0, LeafOrder.Bytes),
        TypeId.FixedBinary => (PhysicalType.FixedLenByteArray, type.ByteWidth, LeafOrder.Bytes),
        TypeId.Uuid => (PhysicalType.FixedLenByteArray, UuidWidth, LeafOrder.Bytes),
        TypeId.Interval => (PhysicalType.FixedLenByteArray, IntervalWidth, LeafOrder.None),
        _ => null,
    };

    private static LogicalType? Logical(DataType type) => type.Id switch
    {
        TypeId.Utf8 => new(LogicalKind.String),
        TypeId.Json => new(LogicalKind.Json),
        TypeId.Uuid => new(LogicalKind.Uuid),
        TypeId.Date => new(LogicalKind.Date),
        TypeId.Int8 => LogicalType.Integer(8, signed: true),
        TypeId.Int16 => LogicalType.Integer(16, signed: true),
        TypeId.UInt8 => LogicalType.Integer(8, signed: false),
        TypeId.UInt16 => LogicalType.Integer(16, signed: false),
        TypeId.UInt32 => LogicalType.Integer(32, signed: false),
        TypeId.UInt64 => LogicalType.Integer(64, signed: false),
        TypeId.Decimal => LogicalType.Decimal(type.Precision, type.Scale),
        TypeId.Time => LogicalType.Time(StoredUnit(type), utc: false),
        TypeId.Timestamp => LogicalType.Timestamp(StoredUnit(type), type.TimeZone is not null),
        _ => null,
    };

    // The old types for times mean instants only, so wall-clock times have none.
    private static ConvertedType? Converted(DataType type) => type.Id switch
    {
        TypeId.Utf8 => ConvertedType.Utf8,
        TypeId.Json => ConvertedType.Json,
        TypeId.Date => ConvertedType.Date,
        TypeId.Decimal => ConvertedType.Decimal,
        TypeId.Int8 => ConvertedType.Int8,
        TypeId.Int16 => ConvertedType.Int16,
        TypeId.UInt8 => ConvertedType.UInt8,
        TypeId.UInt16 => ConvertedType.UInt16,
        TypeId.UInt32 => ConvertedType.UInt32,
        TypeId.UInt64 => ConvertedType.UInt64,
        TypeId.Interval => ConvertedType.Interval,
        TypeId.Timestamp when type.TimeZone is not null && type.Unit <= TimeUnit.Millisecond => ConvertedType.TimestampMillis,
        TypeId.Timestamp when type.TimeZone is not null && type.Unit == TimeUnit.Microsecond => ConvertedType.TimestampMicros,
        _ => null,
    };

    // The format has no seconds.
    private static TimeUnit StoredUnit(DataType type) => type.Unit == TimeUnit.Second ? TimeUnit.Millisecond : type.Unit;
}
