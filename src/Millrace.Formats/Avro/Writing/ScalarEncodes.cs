using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>The node for a column of a scalar type, by what it is written as.</summary>
internal static class ScalarEncodes
{
    /// <summary>Null where the type cannot hold every value of the column.</summary>
    public static EncodeNode? For(DataType column, AvroType type, string path) => type.Kind switch
    {
        AvroKind.Boolean => column.Id == TypeId.Boolean ? new BooleanEncode() : null,
        AvroKind.Int => ForInt(column, type, path),
        AvroKind.Long => ForLong(column, type, path),
        AvroKind.Float => column.Id == TypeId.Float32 ? new FixedEncode<float, RawWrite<float>>() : null,
        AvroKind.Double => column.Id switch
        {
            TypeId.Float64 => new FixedEncode<double, RawWrite<double>>(),
            TypeId.Float32 => new FixedEncode<float, DoubleWrite>(),
            _ => null,
        },
        AvroKind.Bytes => ForBytes(column, type),
        AvroKind.String => ForText(column),
        AvroKind.Enum => column.IsText ? new EnumEncode(type.Symbols, path) : null,
        AvroKind.Fixed => ForFixed(column, type, path),
        _ => null,
    };

    private static EncodeNode? ForInt(DataType column, AvroType type, string path) => column.Id switch
    {
        TypeId.Time => type.Logical == AvroLogical.TimeMillis && column.Unit <= TimeUnit.Millisecond
            ? new ScaledEncode(Factor(column.Unit, TimeUnit.Millisecond), int.MaxValue, path)
            : null,
        TypeId.UInt32 => null,
        _ => ForWhole(column),
    };

    private static EncodeNode? ForLong(DataType column, AvroType type, string path)
    {
        if (column.Id is not (TypeId.Time or TypeId.Timestamp))
        {
            return column.Id == TypeId.Int64 ? new FixedEncode<long, WholeWrite<long>>() : ForWhole(column);
        }

        if (type.Logical != AvroLogical.None && !IsSameKind(column, type.Logical))
        {
            return null;
        }

        // A number without a unit of its own takes the column's.
        TimeUnit unit = AvroLogicalTypes.Unit(type.Logical) ?? column.Unit;
        return unit < column.Unit ? null
            : unit == column.Unit ? new FixedEncode<long, WholeWrite<long>>()
            : new ScaledEncode(Factor(column.Unit, unit), long.MaxValue, path);
    }

    private static EncodeNode? ForWhole(DataType column) => column.Id switch
    {
        TypeId.Int8 => new FixedEncode<sbyte, WholeWrite<sbyte>>(),
        TypeId.Int16 => new FixedEncode<short, WholeWrite<short>>(),
        TypeId.Int32 or TypeId.Date => new FixedEncode<int, WholeWrite<int>>(),
        TypeId.UInt8 => new FixedEncode<byte, WholeWrite<byte>>(),
        TypeId.UInt16 => new FixedEncode<ushort, WholeWrite<ushort>>(),
        TypeId.UInt32 => new FixedEncode<uint, WholeWrite<uint>>(),
        _ => null,
    };

    private static EncodeNode? ForBytes(DataType column, AvroType type) => column.Id switch
    {
        TypeId.UInt64 when type.Logical == AvroLogical.Decimal && type.Scale == 0 && type.Precision >= AvroStandIns.DecimalDigits => new FixedEncode<ulong, UnsignedWrite>(),
        TypeId.Decimal => HoldsDecimal(column, type) ? new FixedEncode<Int128, DecimalWrite>() : null,
        TypeId.Binary or TypeId.Utf8 or TypeId.Json when type.Logical == AvroLogical.None => new BytesEncode(),
        _ => null,
    };

    private static EncodeNode? ForText(DataType column) => column.Id switch
    {
        TypeId.Utf8 or TypeId.Json => new BytesEncode(),
        TypeId.Uuid => new UuidEncode(),
        TypeId.Interval => new FixedEncode<Interval, IntervalWrite>(),
        _ => null,
    };

    private static EncodeNode? ForFixed(DataType column, AvroType type, string path) => column.Id switch
    {
        TypeId.FixedBinary or TypeId.Uuid => column.ByteWidth == type.Size && type.Logical is AvroLogical.None or AvroLogical.Uuid ? new FixedBytesEncode() : null,
        TypeId.Decimal => HoldsDecimal(column, type) ? new FixedDecimalEncode(type.Size) : null,
        TypeId.Interval => type.Logical == AvroLogical.Duration ? new DurationEncode(path) : null,
        _ => null,
    };

    // Times of day, instants and wall-clock timestamps are not each other.
    private static bool IsSameKind(DataType column, AvroLogical logical) => logical switch
    {
        AvroLogical.TimeMillis or AvroLogical.TimeMicros => column.Id == TypeId.Time,
        AvroLogical.TimestampMillis or AvroLogical.TimestampMicros or AvroLogical.TimestampNanos => column.Id == TypeId.Timestamp && column.TimeZone is not null,
        _ => column.Id == TypeId.Timestamp && column.TimeZone is null,
    };

    private static bool HoldsDecimal(DataType column, AvroType type)
        => type.Logical == AvroLogical.Decimal && type.Scale == column.Scale && type.Precision >= column.Precision;

    private static int Factor(TimeUnit from, TimeUnit to) => (int)(to.PerSecond() / from.PerSecond());
}
