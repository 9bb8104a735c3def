using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>
/// How values are read from the log, where the server cannot be asked for another form. The columns are those that a query gives; what the log does
/// not tell, such as that a text is JSON, is said by the column of the same name that the table has now.
/// </summary>
internal sealed class LoggedTypes(MySqlSourceOptions options, CharacterSets sets)
{
    private const int WidthOfUuid = 16;

    /// <summary>The mapping of a column; fails for one whose values nobody here can read.</summary>
    /// <param name="column">The column in the log.</param>
    /// <param name="now">The column that has the name now; null for none.</param>
    /// <param name="place">The table.</param>
    public TypeMapping Require(StreamColumn column, ColumnInfo? now, ErrorPlace place)
        => Find(column, now) ?? throw LogErrors.Unreadable.Error($"The column '{column.Name}' is {Describe(column)}, whose values cannot be read from the binary log.", place with { Field = column.Name });

    private string Describe(StreamColumn column) => column.Type switch
    {
        FieldType.Json => "of MySQL's type json",
        FieldType.CompressedBlob or FieldType.CompressedVarChar => "compressed",
        FieldType.Vector => "a vector",
        FieldType.String or FieldType.VarChar or FieldType.Blob or FieldType.Enum or FieldType.Set => $"a text in the character set {sets.NameOf(column.Collation)}",
        _ => $"of the type {column.Type}",
    };

    private TypeMapping? Find(StreamColumn column, ColumnInfo? now)
    {
        bool hasFraction = now is { Scale: > 0 };
        switch (column.Type)
        {
            case FieldType.Tiny when options.TinyintAsBoolean && now?.TypeText.StartsWith("tinyint(1)", StringComparison.OrdinalIgnoreCase) == true:
                return BuiltInTypes.TinyBoolean with { Decoder = static (capacity, _) => Values(new BooleanBuilder(capacity), default(FlagValue)) };
            case FieldType.Tiny:
                return column.IsUnsigned ? Number<byte>("tinyint unsigned") : Number<sbyte>("tinyint");
            case FieldType.Short:
                return column.IsUnsigned ? Number<ushort>("smallint unsigned") : Number<short>("smallint");
            case FieldType.Int24:
                return column.IsUnsigned
                    ? Of("mediumint unsigned", static (capacity, _) => new LoggedFixedDecoder<uint, UnsignedMediumValue>(DataType.UInt32, default, capacity))
                    : Of("mediumint", static (capacity, _) => new LoggedFixedDecoder<int, MediumValue>(DataType.Int32, default, capacity));
            case FieldType.Long:
                return column.IsUnsigned ? Number<uint>("int unsigned") : Number<int>("int");
            case FieldType.LongLong:
                return column.IsUnsigned ? Number<ulong>("bigint unsigned") : Number<long>("bigint");
            case FieldType.Float:
                return Number<float>("float");
            case FieldType.Double:
                return Number<double>("double");
            case FieldType.Year:
                return Of("year", static (capacity, _) => new LoggedFixedDecoder<short, YearValue>(DataType.Int16, default, capacity));
            case FieldType.Decimal:
                return Decimal(column);
            case FieldType.Bit:
                return column.Meta == 1
                    ? new TypeMapping(DataType.Boolean, static (capacity, _) => new BitDecoder(capacity))
                    : new TypeMapping(DataType.UInt64, static (capacity, _) => new BitsDecoder(capacity));
            case FieldType.Date or FieldType.NewDate:
                return Of("date", static (capacity, none) => new LoggedFixedDecoder<int, PackedDateValue>(DataType.Date, new PackedDateValue(none), capacity));
            case FieldType.DateTime:
                return Of("datetime", static (capacity, none) => new LoggedFixedDecoder<long, PackedDateTimeValue>(DataType.Timestamp(), new PackedDateTimeValue(isOld: false, none), capacity));
            case FieldType.OldDateTime when !hasFraction:
                return Of("datetime", static (capacity, none) => new LoggedFixedDecoder<long, PackedDateTimeValue>(DataType.Timestamp(), new PackedDateTimeValue(isOld: true, none), capacity));
            case FieldType.Timestamp or FieldType.OldTimestamp when column.Type == FieldType.Timestamp || !hasFraction:
                TypeMapping instant = BuiltInTypes.Find("timestamp")!;
                bool isOld = column.Type == FieldType.OldTimestamp;
                return instant with { Decoder = (capacity, none) => new LoggedFixedDecoder<long, InstantValue>(instant.Type, new InstantValue(isOld, none), capacity) };
            case FieldType.Time or FieldType.OldTime when column.Type == FieldType.Time || !hasFraction:
                return Time(column.Type == FieldType.OldTime);
            case FieldType.String or FieldType.VarChar or FieldType.Blob:
                return Bytes(column, now);
            case FieldType.Enum or FieldType.Set:
                return Labels(column);
            case FieldType.Geometry:
                return Of("geometry", static (capacity, _) => Texts(DataType.Binary, capacity, default(GeometryValue)));
            default:
                return null;
        }
    }

    private static TypeMapping Of(string name, Func<int, NoDates, ColumnDecoder> decoder) => new(BuiltInTypes.Find(name)!.Type, decoder);

    private static TypeMapping Number<T>(string name)
        where T : unmanaged
    {
        DataType type = BuiltInTypes.Find(name)!.Type;
        return new TypeMapping(type, (capacity, _) => new FixedDecoder<T>(type, capacity));
    }

    private static LoggedDecoder<TBuilder, TValue> Values<TBuilder, TValue>(TBuilder builder, TValue value)
        where TBuilder : ColumnBuilder
        where TValue : struct, ILoggedValue<TBuilder>
        => new(builder, value);

    private static LoggedDecoder<BinaryBuilder, TValue> Texts<TValue>(DataType type, int capacity, TValue value)
        where TValue : struct, ILoggedValue<BinaryBuilder>
        => new(new BinaryBuilder(type, capacity), value);

    private TypeMapping Time(bool isOld)
        => options.Time.Id == TypeId.Interval
            ? new TypeMapping(DataType.Interval, (capacity, _) => new LoggedFixedDecoder<Interval, PackedDurationValue>(DataType.Interval, new PackedDurationValue(isOld), capacity))
            : new TypeMapping(DataType.Time(), (capacity, _) => new LoggedFixedDecoder<long, PackedTimeValue>(DataType.Time(), new PackedTimeValue(isOld), capacity));

    private TypeMapping Decimal(StreamColumn column)
    {
        var form = new PackedDecimal(column.Meta >> 8, column.Meta & 0xff);
        if (form.Precision > DataType.MaxDecimalPrecision)
        {
            DataType chosen = options.Decimal.Id == TypeId.Decimal ? options.Decimal : DataType.Utf8;
            return new TypeMapping(
                chosen,
                chosen.Id == TypeId.Decimal
                    ? (capacity, _) => new LoggedFixedDecoder<Int128, WideDecimalValue>(chosen, new WideDecimalValue(chosen, form), capacity)
                    : (capacity, _) => Texts(chosen, capacity, new DecimalTextValue(form)));
        }

        DataType type = DataType.Decimal(form.Precision, form.Scale);
        return new TypeMapping(type, (capacity, _) => new LoggedFixedDecoder<Int128, PackedDecimalValue>(type, new PackedDecimalValue(form), capacity));
    }

    private TypeMapping? Bytes(StreamColumn column, ColumnInfo? now)
    {
        switch (now?.Type)
        {
            case "uuid" when column is { Type: FieldType.String, Meta: WidthOfUuid }:
                return Of("uuid", static (capacity, _) => Values(new FixedBinaryBuilder(DataType.Uuid, capacity), default(StoredUuidValue)));
            case "inet6" or "inet4" when column.Type == FieldType.String:
                return Of("inet6", (capacity, _) => Texts(DataType.Utf8, capacity, new AddressValue(column.Meta)));
            default:
                break;
        }

        if (column.Collation == StreamColumn.Binary)
        {
            return column.Type == FieldType.String
                ? Of("binary", (capacity, _) => Texts(DataType.Binary, capacity, new PaddedValue(column.Meta)))
                : BuiltInTypes.Binary;
        }

        TypeMapping text = now is { IsCheckedJson: true } && column.Type == FieldType.Blob ? BuiltInTypes.Json : BuiltInTypes.Utf8;
        return !sets.TryFind(column.Collation, out Encoding? encoding) ? null
            : encoding is null ? text
            : text with { Decoder = (capacity, _) => Texts(text.Type, capacity, new EncodedValue(encoding)) };
    }

    private TypeMapping? Labels(StreamColumn column)
    {
        Encoding? encoding = null;
        if (column.Collation != StreamColumn.Binary && !sets.TryFind(column.Collation, out encoding))
        {
            return null;
        }

        byte[][] labels = [.. column.Labels.Select(l => encoding is null ? l : Encoding.UTF8.GetBytes(encoding.GetString(l)))];
        return column.Type == FieldType.Enum
            ? Of("enum", (capacity, _) => Texts(DataType.Utf8, capacity, new EnumValue(labels)))
            : Of("set", (capacity, _) => Texts(DataType.Utf8, capacity, new SetValue(labels)));
    }
}
