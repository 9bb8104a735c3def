using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>The types of the server that have a column type of their own; the reference page prints this table.</summary>
internal static class BuiltInTypes
{
    public static TypeMapping Utf8 { get; } = Bytes(DataType.Utf8);

    public static TypeMapping Binary { get; } = Bytes(DataType.Binary);

    public static TypeMapping Json { get; } = Bytes(DataType.Json);

    /// <summary>Everything else: the server makes its text.</summary>
    public static TypeMapping Text { get; } = Utf8 with { Form = SentForm.Text };

    public static TypeMapping TinyBoolean { get; } = new(DataType.Boolean, static (capacity, _) => new BooleanDecoder(capacity));

    private static readonly TypeMapping Geometry = Binary with { Form = SentForm.WellKnownBinary };

    /// <summary>By name, in the order of the documentation's chapter "Data Types". What depends on precision is not here: decimal, bit, time.</summary>
    public static IReadOnlyList<(string Name, TypeMapping Mapping)> All { get; } =
    [
        ("tinyint", Whole<sbyte>(DataType.Int8)),
        ("tinyint unsigned", Whole<byte>(DataType.UInt8)),
        ("smallint", Whole<short>(DataType.Int16)),
        ("smallint unsigned", Whole<ushort>(DataType.UInt16)),
        ("mediumint", Whole<int>(DataType.Int32)),
        ("mediumint unsigned", Whole<uint>(DataType.UInt32)),
        ("int", Whole<int>(DataType.Int32)),
        ("int unsigned", Whole<uint>(DataType.UInt32)),
        ("bigint", Whole<long>(DataType.Int64)),
        ("bigint unsigned", Whole<ulong>(DataType.UInt64)),
        ("float", new TypeMapping(DataType.Float32, static (capacity, _) => new SingleDecoder(capacity), SentForm.Double)),
        ("double", new TypeMapping(DataType.Float64, static (capacity, _) => new DoubleDecoder(capacity))),
        ("date", new TypeMapping(DataType.Date, static (capacity, none) => new DateDecoder(capacity, none))),
        ("datetime", new TypeMapping(DataType.Timestamp(), static (capacity, none) => new MomentDecoder(DataType.Timestamp(), capacity, none))),
        ("timestamp", new TypeMapping(Instant, static (capacity, none) => new MomentDecoder(Instant, capacity, none))),
        ("year", Whole<short>(DataType.Int16)),
        ("char", Utf8),
        ("varchar", Utf8),
        ("tinytext", Utf8),
        ("text", Utf8),
        ("mediumtext", Utf8),
        ("longtext", Utf8),
        ("enum", Utf8),
        ("set", Utf8),
        ("inet4", Utf8),
        ("inet6", Utf8),
        ("binary", Binary),
        ("varbinary", Binary),
        ("tinyblob", Binary),
        ("blob", Binary),
        ("mediumblob", Binary),
        ("longblob", Binary),
        ("json", Json),
        ("uuid", new TypeMapping(DataType.Uuid, static (capacity, _) => new UuidDecoder(capacity))),
        ("geometry", Geometry),
        ("point", Geometry),
        ("linestring", Geometry),
        ("polygon", Geometry),
        ("multipoint", Geometry),
        ("multilinestring", Geometry),
        ("multipolygon", Geometry),
        ("geometrycollection", Geometry),
        ("geomcollection", Geometry),
    ];

    private static readonly Dictionary<string, TypeMapping> ByName = All.ToDictionary(t => t.Name, t => t.Mapping, StringComparer.Ordinal);

    private static DataType Instant => DataType.Timestamp(TimeUnit.Microsecond, "UTC");

    public static TypeMapping? Find(string name) => ByName.GetValueOrDefault(name);

    private static TypeMapping Bytes(DataType type) => new(type, (capacity, _) => new BytesDecoder(type, capacity));

    private static TypeMapping Whole<T>(DataType type)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T> => new(type, (capacity, _) => new WholeDecoder<T>(type, capacity));
}
