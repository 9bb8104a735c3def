using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>How a column of a table is written.</summary>
/// <param name="Type">Type into which values are converted before.</param>
/// <param name="Encoder">Makes the encoder.</param>
/// <param name="Sent">SQL type that the encoder's values have, for staging tables; a column of another type is cast from it by the server.</param>
/// <param name="IsCast">Whether the server has to make the column's type out of what is sent, by the input function of the type.</param>
internal sealed record WriteType(DataType Type, Func<ColumnEncoder> Encoder, string Sent, bool IsCast = false)
{
    private const uint TextOid = 25;

    /// <summary>Text, out of which the server makes any type.</summary>
    public static WriteType Text { get; } = new(DataType.Utf8, static () => new BytesEncoder(), "text", IsCast: true);

    /// <summary>Lists of texts, likewise.</summary>
    public static WriteType Texts { get; } = new(DataType.List(DataType.Utf8), static () => new ListEncoder(TextOid, new BytesEncoder()), "text[]", IsCast: true);

    private static readonly DataType Timestamptz = DataType.Timestamp(TimeUnit.Microsecond, "UTC");

    private static readonly Dictionary<string, WriteType> ByName = new WriteType[]
    {
        new(DataType.Boolean, static () => new BooleanEncoder(), "bool"),
        new(DataType.Int16, static () => new FixedEncoder<short, BigEndianEncode<short>>(), "int2"),
        new(DataType.Int32, static () => new FixedEncoder<int, BigEndianEncode<int>>(), "int4"),
        new(DataType.Int64, static () => new FixedEncoder<long, BigEndianEncode<long>>(), "int8"),
        new(DataType.Float32, static () => new FixedEncoder<float, BigEndianEncode<float>>(), "float4"),
        new(DataType.Float64, static () => new FixedEncoder<double, BigEndianEncode<double>>(), "float8"),
        new(DataType.Utf8, static () => new BytesEncoder(), "text"),
        new(DataType.Utf8, static () => new BytesEncoder(), "varchar"),
        new(DataType.Utf8, static () => new BytesEncoder(), "bpchar"),
        new(DataType.Binary, static () => new BytesEncoder(), "bytea"),
        new(DataType.Json, static () => new BytesEncoder(), "json"),
        new(DataType.Json, static () => new BytesEncoder(prefix: 1), "jsonb"),
        new(DataType.Uuid, static () => new FixedBytesEncoder(), "uuid"),
        new(DataType.Date, static () => new FixedEncoder<int, DateEncode>(), "date"),
        new(DataType.Time(), static () => new FixedEncoder<long, BigEndianEncode<long>>(), "time"),
        new(DataType.Timestamp(), static () => new FixedEncoder<long, TimestampEncode>(), "timestamp"),
        new(Timestamptz, static () => new FixedEncoder<long, TimestampEncode>(), "timestamptz"),
        new(DataType.Interval, static () => new FixedEncoder<Interval, IntervalEncode>(), "interval"),
    }.ToDictionary(w => w.Sent, StringComparer.Ordinal);

    /// <summary>The way into a column that exists.</summary>
    /// <param name="types">All types that the table's columns need.</param>
    /// <param name="oid">Type of the column.</param>
    /// <param name="source">Type of the values.</param>
    public static WriteType Find(IReadOnlyDictionary<uint, PgType> types, uint oid, DataType source)
    {
        PgType? type = Underlying(types, oid);
        if (type is null)
        {
            return Text;
        }

        if (type.Kind == PgTypeKind.Array)
        {
            return source.Id == TypeId.List && !source.Element.Type.IsNested ? FindList(types, type.Element, source.Element.Type) : Text;
        }

        // A numeric takes decimals as they are; the server rounds to the column's scale.
        if (type is { IsBuiltIn: true, Name: "numeric" })
        {
            DataType? number = source.Id == TypeId.Decimal ? source : source.IsInteger ? DataType.Decimal(20, 0) : null;
            return number is null ? Text : new WriteType(number, static () => new NumericEncoder(), "numeric");
        }

        return type.IsBuiltIn && ByName.TryGetValue(type.Name, out WriteType? known) ? known : Text;
    }

    /// <summary>The SQL type of a column that is made for values.</summary>
    public static string SqlFor(DataType type) => type.Id switch
    {
        TypeId.Boolean => "boolean",
        TypeId.Int8 or TypeId.UInt8 or TypeId.Int16 => "smallint",
        TypeId.UInt16 or TypeId.Int32 => "integer",
        TypeId.UInt32 or TypeId.Int64 => "bigint",
        TypeId.UInt64 => "numeric(20,0)",
        TypeId.Float32 => "real",
        TypeId.Float64 => "double precision",
        TypeId.Decimal => $"numeric({type.Precision},{type.Scale})",
        TypeId.Binary or TypeId.FixedBinary => "bytea",
        TypeId.Json or TypeId.Struct or TypeId.Map => "jsonb",
        TypeId.Uuid => "uuid",
        TypeId.Date => "date",
        TypeId.Time => "time",
        TypeId.Timestamp => type.TimeZone is null ? "timestamp" : "timestamptz",
        TypeId.Interval => "interval",
        TypeId.List => type.Element.Type.Id is TypeId.List or TypeId.Struct or TypeId.Map ? "jsonb" : $"{SqlFor(type.Element.Type)}[]",
        TypeId.Dictionary => SqlFor(type.DictionaryValue),
        _ => "text",
    };

    private static WriteType FindList(IReadOnlyDictionary<uint, PgType> types, uint oid, DataType source)
    {
        WriteType items = Find(types, oid, source);
        return items.IsCast || Underlying(types, oid) is not { } element
            ? Texts
            : new WriteType(DataType.List(items.Type), () => new ListEncoder(element.Oid, items.Encoder()), $"{items.Sent}[]");
    }

    // Through domains; their checks are the server's.
    private static PgType? Underlying(IReadOnlyDictionary<uint, PgType> types, uint oid)
    {
        PgType? type = types.GetValueOrDefault(oid);
        for (int depth = 0; type?.Kind == PgTypeKind.Domain && depth < 32; depth++)
        {
            type = types.GetValueOrDefault(type.Base);
        }

        return type;
    }
}
