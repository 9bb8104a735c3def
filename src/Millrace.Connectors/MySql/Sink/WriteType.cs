using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>How a column of a table is written.</summary>
/// <param name="Type">Type into which values are converted before.</param>
/// <param name="Encoder">Makes the encoder.</param>
/// <param name="Before">What makes a value of the encoded text, in SQL: what stands before it; empty where the server reads it as it is.</param>
/// <param name="Behind">What stands behind it.</param>
internal sealed record WriteType(DataType Type, Func<FieldEncoder> Encoder, string Before = "", string Behind = "")
{
    // Longer texts cannot be compared by an index (InnoDB: 3072 bytes).
    private const int KeyCharacters = 768;

    /// <summary>Text, out of which the server makes any type.</summary>
    public static WriteType Text { get; } = new(DataType.Utf8, static () => new TextEncoder());

    public bool IsPlain => Before.Length == 0 && Behind.Length == 0;

    /// <summary>The way into a column that exists.</summary>
    /// <param name="column">The column.</param>
    /// <param name="source">Type of the values.</param>
    public static WriteType Find(ColumnInfo column, DataType source)
    {
        switch (column.Type)
        {
            case "tinyint":
                return Formatted(column.IsUnsigned ? DataType.UInt8 : DataType.Int8);
            case "smallint":
                return Formatted(column.IsUnsigned ? DataType.UInt16 : DataType.Int16);
            case "mediumint" or "int":
                return Formatted(column.IsUnsigned ? DataType.UInt32 : DataType.Int32);
            case "bigint":
                return Formatted(column.IsUnsigned ? DataType.UInt64 : DataType.Int64);
            case "year":
                return new WriteType(DataType.Int16, static () => new FormattedEncoder<short, YearText>(default));
            case "bit":
                DataType bits = source.Id == TypeId.Boolean ? DataType.UInt8 : DataType.UInt64;
                return new WriteType(bits, () => FormattedEncoders.For(bits), "CAST(", " AS UNSIGNED)");
            case "decimal" when column.Precision is > 0 and <= DataType.MaxDecimalPrecision:
                return Formatted(DataType.Decimal(column.Precision, column.Scale));
            case "decimal":
                return source.Id == TypeId.Decimal ? Formatted(source) : Text;
            case "float":
                return new WriteType(DataType.Float32, static () => new FormattedEncoder<float, SingleAsDouble>(default));
            case "double":
                return Formatted(DataType.Float64);
            case "date":
                return Formatted(DataType.Date);
            case "datetime" or "timestamp":
                DataType moment = source.Id == TypeId.Timestamp && source.TimeZone is not null ? DataType.Timestamp(TimeUnit.Microsecond, "UTC") : DataType.Timestamp();
                return new WriteType(moment, static () => new FormattedEncoder<long, PlainMoment>(default));
            case "time":
                return source.Id == TypeId.Interval ? new WriteType(DataType.Interval, static () => new FormattedEncoder<Interval, DurationText>(default)) : Formatted(DataType.Time());
            case "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob":
                return new WriteType(DataType.Binary, static () => new HexEncoder(), "UNHEX(", ")");
            case "point" or "linestring" or "polygon" or "geometry" or "multipoint" or "multilinestring" or "multipolygon" or "geometrycollection" or "geomcollection":
                return source.Id is TypeId.Binary ? new WriteType(DataType.Binary, static () => new HexEncoder(), "ST_GeomFromWKB(UNHEX(", "))") : Text with { Before = "ST_GeomFromText(", Behind = ")" };
            case "json":
                return new WriteType(DataType.Json, static () => new TextEncoder());
            case "longtext" when column.IsCheckedJson:
                return new WriteType(DataType.Json, static () => new TextEncoder());
            case "uuid":
                return new WriteType(DataType.Uuid, static () => new UuidEncoder());
            default:
                return Text;
        }
    }

    /// <summary>The SQL type of a column that is made for values.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="keyColumns">Columns of the key that it belongs to; 0 for none. Values of a key have a greatest length.</param>
    /// <param name="hasUuid">Whether the server has a type for identifiers.</param>
    public static string SqlFor(DataType type, int keyColumns, bool hasUuid) => type.Id switch
    {
        TypeId.Boolean => "boolean",
        TypeId.Int8 => "tinyint",
        TypeId.UInt8 => "tinyint unsigned",
        TypeId.Int16 => "smallint",
        TypeId.UInt16 => "smallint unsigned",
        TypeId.Int32 => "int",
        TypeId.UInt32 => "int unsigned",
        TypeId.Int64 => "bigint",
        TypeId.UInt64 => "bigint unsigned",
        TypeId.Float32 => "float",
        TypeId.Float64 => "double",
        TypeId.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({type.Precision},{Math.Min(type.Scale, 30)})"),
        TypeId.Binary or TypeId.FixedBinary => keyColumns > 0 ? Sized("varbinary", KeyCharacters * 4 / keyColumns) : "longblob",
        TypeId.Json or TypeId.Struct or TypeId.Map or TypeId.List => "json",
        TypeId.Uuid => hasUuid ? "uuid" : "char(36)",
        TypeId.Date => "date",
        TypeId.Time => "time(6)",
        TypeId.Timestamp => "datetime(6)",
        TypeId.Interval => "varchar(64)",
        TypeId.Dictionary => SqlFor(type.DictionaryValue, keyColumns, hasUuid),
        _ => keyColumns > 0 ? Sized("varchar", KeyCharacters / keyColumns) : "longtext",
    };

    private static string Sized(string type, int length) => string.Create(CultureInfo.InvariantCulture, $"{type}({Math.Min(length, 255)})");

    private static WriteType Formatted(DataType type) => new(type, () => FormattedEncoders.For(type));
}
