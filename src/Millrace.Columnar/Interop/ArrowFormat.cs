using System.Globalization;

namespace Millrace.Columnar.Interop;

/// <summary>Format strings of the C data interface for our types. A dictionary's is that of its indices.</summary>
internal static class ArrowFormat
{
    public static string Of(DataType type) => type.Id switch
    {
        TypeId.Boolean => "b",
        TypeId.Int8 => "c",
        TypeId.UInt8 => "C",
        TypeId.Int16 => "s",
        TypeId.UInt16 => "S",
        TypeId.Int32 => "i",
        TypeId.UInt32 => "I",
        TypeId.Int64 => "l",
        TypeId.UInt64 => "L",
        TypeId.Float32 => "f",
        TypeId.Float64 => "g",
        TypeId.Decimal => string.Create(CultureInfo.InvariantCulture, $"d:{type.Precision},{type.Scale}"),
        TypeId.Utf8 or TypeId.Json => "u",
        TypeId.Binary => "z",
        TypeId.FixedBinary or TypeId.Uuid => string.Create(CultureInfo.InvariantCulture, $"w:{type.ByteWidth}"),
        TypeId.Date => "tdD",
        TypeId.Time => $"tt{Unit(type.Unit)}",
        TypeId.Timestamp => $"ts{Unit(type.Unit)}:{type.TimeZone}",
        TypeId.Interval => "tin",
        TypeId.List => "+l",
        TypeId.Struct => "+s",
        TypeId.Map => "+m",
        TypeId.Dictionary => "i",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The extension type that tells a type from another of the same format.</summary>
    public static string? Extension(DataType type) => type.Id switch
    {
        TypeId.Uuid => ArrowMetadata.UuidExtension,
        TypeId.Json => ArrowMetadata.JsonExtension,
        _ => null,
    };

    /// <summary>Whether Arrow keeps a time of day in 32 bits, where we always have 64.</summary>
    public static bool IsTime32(DataType type) => type.Id == TypeId.Time && type.Unit <= TimeUnit.Millisecond;

    private static char Unit(TimeUnit unit) => "smun"[(int)unit];
}
