using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>The types of the server, and of its usual extensions, that have a column type of their own; the reference page prints this table.</summary>
internal static class BuiltInTypes
{
    /// <summary>Text and everything whose binary form is its text.</summary>
    public static TypeMapping Utf8 { get; } = new(DataType.Utf8, capacity => new BytesDecoder(DataType.Utf8, 0, capacity));

    /// <summary>Everything else: the server makes its text, as psql shows it.</summary>
    public static TypeMapping Text { get; } = Utf8 with { Form = SentForm.Text };

    private static readonly DataType Timestamptz = DataType.Timestamp(TimeUnit.Microsecond, "UTC");
    private static readonly DataType Money = DataType.Decimal(19, 2);

    /// <summary>By name in <c>pg_type</c>, in the order of the documentation's chapter "Data Types".</summary>
    public static IReadOnlyList<(string Name, TypeMapping Mapping)> All { get; } =
    [
        ("int2", Fixed<short, BigEndian<short>>(DataType.Int16)),
        ("int4", Fixed<int, BigEndian<int>>(DataType.Int32)),
        ("int8", Fixed<long, BigEndian<long>>(DataType.Int64)),
        ("float4", Fixed<float, BigEndian<float>>(DataType.Float32)),
        ("float8", Fixed<double, BigEndian<double>>(DataType.Float64)),
        ("money", new TypeMapping(Money, capacity => new NumericDecoder(Money, capacity), SentForm.Numeric)),
        ("text", Utf8),
        ("varchar", Utf8),
        ("bpchar", Utf8),
        ("name", Utf8),
        ("citext", Utf8),
        ("xml", Utf8),
        ("bytea", new TypeMapping(DataType.Binary, capacity => new BytesDecoder(DataType.Binary, 0, capacity))),
        ("timestamp", Fixed<long, TimestampDecode>(DataType.Timestamp())),
        ("timestamptz", Fixed<long, TimestampDecode>(Timestamptz)),
        ("date", Fixed<int, DateDecode>(DataType.Date)),
        ("time", Fixed<long, TimeDecode>(DataType.Time())),
        ("interval", Fixed<Interval, IntervalDecode>(DataType.Interval)),
        ("bool", new TypeMapping(DataType.Boolean, capacity => new BooleanDecoder(capacity))),
        ("inet", new TypeMapping(DataType.Utf8, capacity => new NetworkDecoder(capacity))),
        ("cidr", new TypeMapping(DataType.Utf8, capacity => new NetworkDecoder(capacity))),
        ("uuid", new TypeMapping(DataType.Uuid, capacity => new UuidDecoder(capacity))),
        ("json", new TypeMapping(DataType.Json, capacity => new BytesDecoder(DataType.Json, 0, capacity))),
        ("jsonb", new TypeMapping(DataType.Json, capacity => new BytesDecoder(DataType.Json, 1, capacity))),
        ("hstore", new TypeMapping(DataType.Json, capacity => new BytesDecoder(DataType.Json, 1, capacity), SentForm.Json)),
        ("oid", Fixed<uint, BigEndian<uint>>(DataType.UInt32)),
        ("xid", Fixed<uint, BigEndian<uint>>(DataType.UInt32)),
    ];

    // Extensions put their types in any schema.
    private static readonly HashSet<string> Extensions = ["citext", "hstore"];

    private static readonly Dictionary<string, TypeMapping> ByName = All.ToDictionary(t => t.Name, t => t.Mapping, StringComparer.Ordinal);

    /// <summary>The mapping of a base type; null for one that goes as text.</summary>
    public static TypeMapping? Find(PgType type)
        => (type.IsBuiltIn || Extensions.Contains(type.Name)) && ByName.TryGetValue(type.Name, out TypeMapping? mapping) ? mapping : null;

    private static TypeMapping Fixed<T, TDecode>(DataType type)
        where T : unmanaged
        where TDecode : struct, IFixedDecode<T> => new(type, capacity => new FixedDecoder<T, TDecode>(type, capacity));
}
