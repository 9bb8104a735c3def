using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Makes the decoder of a column: its type and the options decide which parser the loop contains.</summary>
internal readonly struct DecoderFactory(CsvOptions options, FieldText text, int capacity)
{
    /// <param name="fileColumn">Position in the file.</param>
    /// <param name="number">Position in the batches.</param>
    /// <param name="field">Name and type of the column.</param>
    /// <param name="inferred">The type was found out from a sample, so a text that needs more than it has is refused.</param>
    public ColumnDecoder Create(int fileColumn, int number, Field field, bool inferred)
    {
        DataType type = field.Type;
        return type.Id switch
        {
            TypeId.Boolean => new BooleanDecoder(fileColumn, number, capacity, text, inferred),
            TypeId.Int8 => Number<sbyte, IntegerParser<sbyte>>(fileColumn, number, type, default),
            TypeId.Int16 => Number<short, IntegerParser<short>>(fileColumn, number, type, default),
            TypeId.Int32 => Number<int, IntegerParser<int>>(fileColumn, number, type, default),
            TypeId.Int64 => inferred
                ? Number<long, InferredNumberParser<long, IntegerParser<long>>>(fileColumn, number, type, default)
                : Number<long, IntegerParser<long>>(fileColumn, number, type, default),
            TypeId.UInt8 => Number<byte, IntegerParser<byte>>(fileColumn, number, type, default),
            TypeId.UInt16 => Number<ushort, IntegerParser<ushort>>(fileColumn, number, type, default),
            TypeId.UInt32 => Number<uint, IntegerParser<uint>>(fileColumn, number, type, default),
            TypeId.UInt64 => Number<ulong, IntegerParser<ulong>>(fileColumn, number, type, default),
            TypeId.Float32 => Number<float, FloatParser>(fileColumn, number, type, default),
            TypeId.Float64 => inferred
                ? Number<double, InferredNumberParser<double, ExactDoubleParser>>(fileColumn, number, type, default)
                : Number<double, DoubleParser>(fileColumn, number, type, default),
            TypeId.Decimal => inferred
                ? Number<Int128, InferredNumberParser<Int128, DecimalParser>>(fileColumn, number, type, new(new DecimalParser(type.Precision, type.Scale)))
                : Number<Int128, DecimalParser>(fileColumn, number, type, new DecimalParser(type.Precision, type.Scale)),
            TypeId.Date => Date(fileColumn, number, type),
            TypeId.Time => Fixed<long, TimeParser>(fileColumn, number, type, new TimeParser(type.Unit, inferred)),
            TypeId.Timestamp => Timestamp(fileColumn, number, type, inferred),
            TypeId.Interval => Fixed<Interval, IntervalParser>(fileColumn, number, type, default),
            TypeId.Utf8 or TypeId.Json => new TextDecoder(fileColumn, number, type, capacity, text),
            TypeId.Binary => new HexDecoder(fileColumn, number, capacity, text),
            TypeId.FixedBinary or TypeId.Uuid => new FixedBinaryDecoder(fileColumn, number, type, capacity, text),
            TypeId.List or TypeId.Struct or TypeId.Map => new NestedDecoder(fileColumn, number, field, capacity, text),
            _ => throw CsvErrors.TypeNotReadable(field),
        };
    }

    private ColumnDecoder Date(int fileColumn, int number, DataType type)
        => options.DateFormat is { } format
            ? Fixed<int, PatternDateParser>(fileColumn, number, type, new PatternDateParser(DateTimePattern.Parse(format)))
            : Fixed<int, DateParser>(fileColumn, number, type, default);

    private ColumnDecoder Timestamp(int fileColumn, int number, DataType type, bool inferred)
    {
        bool instant = type.TimeZone is not null;
        var iso = new TimestampParser(type.Unit, instant, inferred);
        return options.TimestampFormat is { } format
            ? Fixed<long, PatternTimestampParser>(fileColumn, number, type, new PatternTimestampParser(DateTimePattern.Parse(format), iso, type.Unit))
            : Fixed<long, TimestampParser>(fileColumn, number, type, iso);
    }

    private ColumnDecoder Number<T, TParser>(int fileColumn, int number, DataType type, TParser parser)
        where T : unmanaged
        where TParser : struct, IValueParser<T>
    {
        byte point = (byte)(options.DecimalSeparator == "," ? ',' : '.');
        int group = CsvCharacter.Parse(options.ThousandsSeparator, CsvCharacter.None);
        return point == '.' && group < 0
            ? Fixed<T, TParser>(fileColumn, number, type, parser)
            : Fixed<T, LocalNumberParser<T, TParser>>(fileColumn, number, type, new LocalNumberParser<T, TParser>(parser, group, point));
    }

    private ColumnDecoder Fixed<T, TParser>(int fileColumn, int number, DataType type, TParser parser)
        where T : unmanaged
        where TParser : struct, IValueParser<T>
    {
        bool careful = false;
        foreach (byte[] token in text.Nulls.All)
        {
            careful |= parser.TryParse(token, out _);
        }

        return new FixedDecoder<T, TParser>(fileColumn, number, type, capacity, text, parser, careful);
    }
}
