using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The members of the union LogicalType, by their field ids.</summary>
public enum LogicalKind : short
{
    None = 0,
    String = 1,
    Map = 2,
    List = 3,
    Enum = 4,
    Decimal = 5,
    Date = 6,
    Time = 7,
    Timestamp = 8,
    Integer = 10,
    Unknown = 11,
    Json = 12,
    Bson = 13,
    Uuid = 14,
    Float16 = 15,
    Variant = 16,
    Geometry = 17,
    Geography = 18,
}

/// <summary>What the values of a leaf or group mean. A kind of a later version of the format is kept as its number.</summary>
public sealed record LogicalType(LogicalKind Kind) : IThriftStruct<LogicalType>
{
    /// <summary>Digits of a decimal.</summary>
    public int Precision { get; init; }

    /// <summary>Digits of a decimal after the point.</summary>
    public int Scale { get; init; }

    /// <summary>Resolution of a time or timestamp: milliseconds, microseconds or nanoseconds.</summary>
    public TimeUnit Unit { get; init; } = TimeUnit.Millisecond;

    /// <summary>Whether a time or timestamp is an instant, normalised to UTC, and not a wall-clock reading.</summary>
    public bool IsAdjustedToUtc { get; init; }

    /// <summary>Bits of an integer: 8, 16, 32 or 64.</summary>
    public sbyte BitWidth { get; init; }

    public bool IsSigned { get; init; }

    /// <summary>Version of the encoding of a variant.</summary>
    public sbyte? SpecificationVersion { get; init; }

    /// <summary>Coordinate reference system of a geometry or geography.</summary>
    public string? Crs { get; init; }

    /// <summary>Number of the edge interpolation of a geography.</summary>
    public int? Algorithm { get; init; }

    public static LogicalType Integer(int bits, bool signed) => new(LogicalKind.Integer) { BitWidth = (sbyte)bits, IsSigned = signed };

    public static LogicalType Decimal(int precision, int scale) => new(LogicalKind.Decimal) { Precision = precision, Scale = scale };

    public static LogicalType Time(TimeUnit unit, bool utc) => new(LogicalKind.Time) { Unit = unit, IsAdjustedToUtc = utc };

    public static LogicalType Timestamp(TimeUnit unit, bool utc) => new(LogicalKind.Timestamp) { Unit = unit, IsAdjustedToUtc = utc };

    public static LogicalType Read(ref ThriftReader reader)
    {
        var type = new LogicalType(LogicalKind.None);
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            type = ReadMember((LogicalKind)fields.Id, ref reader);
        }

        return type;
    }

    public void Write(ThriftWriter writer)
    {
        if (Kind != LogicalKind.None)
        {
            writer.Struct((short)Kind, new LogicalTypeMember(this));
        }
    }

    private static LogicalType ReadMember(LogicalKind kind, ref ThriftReader reader)
    {
        if (kind is not (LogicalKind.Decimal or LogicalKind.Time or LogicalKind.Timestamp or LogicalKind.Integer
            or LogicalKind.Variant or LogicalKind.Geometry or LogicalKind.Geography))
        {
            reader.Skip();
            return new LogicalType(kind);
        }

        return reader.Struct<LogicalTypeMember>().ToType(kind);
    }
}
