using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// From physical type and annotation of a leaf to the type of its column. An annotation that does not fit its physical
/// type is not believed, so that the values stay readable as what they physically are.
/// </summary>
internal static class LeafTypes
{
    /// <summary>The widest fixed-length value that is accepted, in bytes.</summary>
    private const int MaxWidth = 1 << 20;

    public static DataType Map(SchemaElement element)
        => (element.LogicalType is { Kind: not LogicalKind.None } logical ? FromLogical(element, logical) : FromConverted(element)) ?? FromPhysical(element);

    /// <summary>Bytes a value in plain encoding; 0 for booleans and byte arrays.</summary>
    public static int Width(SchemaElement element) => element.Type switch
    {
        PhysicalType.Boolean or PhysicalType.ByteArray => 0,
        PhysicalType.Int32 or PhysicalType.Float => 4,
        PhysicalType.Int64 or PhysicalType.Double => 8,
        PhysicalType.Int96 => 12,
        PhysicalType.FixedLenByteArray => element.TypeLength is > 0 and <= MaxWidth
            ? element.TypeLength.Value
            : throw ParquetErrors.Schema($"'{element.Name}' has values of {element.TypeLength ?? 0} bytes, expected 1 to {MaxWidth}"),
        _ => throw ParquetErrors.Schema($"'{element.Name}' has the physical type {(int?)element.Type}, which does not exist"),
    };

    private static DataType? FromLogical(SchemaElement element, LogicalType logical) => (logical.Kind, element.Type) switch
    {
        (LogicalKind.String or LogicalKind.Enum, PhysicalType.ByteArray) => DataType.Utf8,
        (LogicalKind.Json, PhysicalType.ByteArray) => DataType.Json,
        (LogicalKind.Decimal, _) => Decimal(element, logical.Precision, logical.Scale),
        (LogicalKind.Date, PhysicalType.Int32) => DataType.Date,
        (LogicalKind.Time, PhysicalType.Int32) => logical.Unit == TimeUnit.Millisecond ? DataType.Time(TimeUnit.Millisecond) : null,
        (LogicalKind.Time, PhysicalType.Int64) => DataType.Time(logical.Unit),
        (LogicalKind.Timestamp, PhysicalType.Int64) => DataType.Timestamp(logical.Unit, logical.IsAdjustedToUtc ? "UTC" : null),
        (LogicalKind.Integer, _) => Integer(element, logical.BitWidth, logical.IsSigned),
        (LogicalKind.Uuid, PhysicalType.FixedLenByteArray) when element.TypeLength == 16 => DataType.Uuid,
        (LogicalKind.Float16, PhysicalType.FixedLenByteArray) when element.TypeLength == 2 => DataType.Float32,
        // Interval exists as a converted type only.
        (_, PhysicalType.FixedLenByteArray) when element.ConvertedType == ConvertedType.Interval => FromConverted(element),
        _ => null,
    };

    private static DataType? FromConverted(SchemaElement element) => (element.ConvertedType, element.Type) switch
    {
        (ConvertedType.Utf8 or ConvertedType.Enum, PhysicalType.ByteArray) => DataType.Utf8,
        (ConvertedType.Json, PhysicalType.ByteArray) => DataType.Json,
        (ConvertedType.Decimal, _) => Decimal(element, element.Precision ?? 0, element.Scale ?? 0),
        (ConvertedType.Date, PhysicalType.Int32) => DataType.Date,
        (ConvertedType.TimeMillis, PhysicalType.Int32) => DataType.Time(TimeUnit.Millisecond),
        (ConvertedType.TimeMicros, PhysicalType.Int64) => DataType.Time(),
        (ConvertedType.TimestampMillis, PhysicalType.Int64) => DataType.Timestamp(TimeUnit.Millisecond, "UTC"),
        (ConvertedType.TimestampMicros, PhysicalType.Int64) => DataType.Timestamp(TimeUnit.Microsecond, "UTC"),
        (ConvertedType.UInt8, _) => Integer(element, 8, signed: false),
        (ConvertedType.UInt16, _) => Integer(element, 16, signed: false),
        (ConvertedType.UInt32, _) => Integer(element, 32, signed: false),
        (ConvertedType.UInt64, _) => Integer(element, 64, signed: false),
        (ConvertedType.Int8, _) => Integer(element, 8, signed: true),
        (ConvertedType.Int16, _) => Integer(element, 16, signed: true),
        (ConvertedType.Int32, _) => Integer(element, 32, signed: true),
        (ConvertedType.Int64, _) => Integer(element, 64, signed: true),
        (ConvertedType.Interval, PhysicalType.FixedLenByteArray) when element.TypeLength == 12 => DataType.Interval,
        _ => null,
    };

    private static DataType FromPhysical(SchemaElement element) => element.Type switch
    {
        PhysicalType.Boolean => DataType.Boolean,
        PhysicalType.Int32 => DataType.Int32,
        PhysicalType.Int64 => DataType.Int64,
        // Nanoseconds in 64 bits would not reach the years that such columns hold.
        PhysicalType.Int96 => DataType.Timestamp(),
        PhysicalType.Float => DataType.Float32,
        PhysicalType.Double => DataType.Float64,
        PhysicalType.ByteArray => DataType.Binary,
        _ => DataType.FixedBinary(Width(element)),
    };

    private static DataType? Integer(SchemaElement element, int bits, bool signed) => (element.Type, bits, signed) switch
    {
        (PhysicalType.Int32, 8, true) => DataType.Int8,
        (PhysicalType.Int32, 16, true) => DataType.Int16,
        (PhysicalType.Int32, 32, true) => DataType.Int32,
        (PhysicalType.Int64, 64, true) => DataType.Int64,
        (PhysicalType.Int32, 8, false) => DataType.UInt8,
        (PhysicalType.Int32, 16, false) => DataType.UInt16,
        (PhysicalType.Int32, 32, false) => DataType.UInt32,
        (PhysicalType.Int64, 64, false) => DataType.UInt64,
        _ => null,
    };

    // Beyond 38 digits, and with a scale that makes no decimal, the unscaled bytes are all that can be given.
    private static DataType? Decimal(SchemaElement element, int precision, int scale)
        => precision is >= 1 and <= DataType.MaxDecimalPrecision && scale >= 0 && scale <= precision
            && element.Type is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.ByteArray or PhysicalType.FixedLenByteArray
            ? DataType.Decimal(precision, scale)
            : null;
}
