using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Makes the formatter of a column.</summary>
internal readonly struct FormatterFactory(CsvOptions options, QuoteRules quotes)
{
    public ColumnFormatter Create(Field field)
    {
        DataType type = field.Type;
        return type.Id switch
        {
            TypeId.Boolean => new BooleanFormatter(field, quotes),
            TypeId.Int8 => Integer<sbyte>(field),
            TypeId.Int16 => Integer<short>(field),
            TypeId.Int32 => Integer<int>(field),
            TypeId.Int64 => Integer<long>(field),
            TypeId.UInt8 => Integer<byte>(field),
            TypeId.UInt16 => Integer<ushort>(field),
            TypeId.UInt32 => Integer<uint>(field),
            TypeId.UInt64 => Integer<ulong>(field),
            TypeId.Float32 => Number<float, FloatFormatter>(field, default),
            TypeId.Float64 => Number<double, DoubleFormatter>(field, default),
            TypeId.Decimal => Number<Int128, DecimalFormatter>(field, new DecimalFormatter(type.Scale)),
            TypeId.Date => options.DateFormat is { } format
                ? new FixedFormatter<int, PatternDateFormatter>(field, quotes, new(DateTimePattern.Parse(format)), safe: false)
                : Fixed<int, DateFormatter>(field, default),
            TypeId.Time => Fixed<long, TimeFormatter>(field, new TimeFormatter(type.Unit)),
            TypeId.Timestamp => options.TimestampFormat is { } format
                ? new FixedFormatter<long, PatternTimestampFormatter>(field, quotes, new(DateTimePattern.Parse(format), type.Unit), safe: false)
                : Fixed<long, TimestampFormatter>(field, new TimestampFormatter(type.Unit, type.TimeZone is not null)),
            TypeId.Interval => Fixed<Interval, IntervalFormatter>(field, default),
            TypeId.Utf8 or TypeId.Json => new TextFormatter(field, quotes),
            TypeId.Binary or TypeId.FixedBinary or TypeId.Uuid => new BytesFormatter(field, quotes),
            TypeId.Dictionary => new DictionaryFormatter(field, quotes, Create(field.WithType(type.DictionaryValue))),
            TypeId.List or TypeId.Struct or TypeId.Map => new NestedFormatter(field, quotes),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private ColumnFormatter Integer<T>(Field field)
        where T : unmanaged, System.Numerics.IBinaryInteger<T> => Fixed<T, IntegerFormatter<T>>(field, default);

    private ColumnFormatter Number<T, TFormatter>(Field field, TFormatter formatter)
        where T : unmanaged
        where TFormatter : struct, IValueFormatter<T>
        => options.DecimalSeparator == ","
            ? new FixedFormatter<T, CommaFormatter<T, TFormatter>>(field, quotes, new(formatter), safe: false)
            : Fixed<T, TFormatter>(field, formatter);

    // Digits and what stands between them never need quotes as long as the dialect and the nulls are made of other characters.
    private ColumnFormatter Fixed<T, TFormatter>(Field field, TFormatter formatter)
        where T : unmanaged
        where TFormatter : struct, IValueFormatter<T>
    {
        CsvDialect dialect = CsvDialect.Of(options);
        bool safe = !IsOfValues(dialect.Delimiter) && !IsOfValues(dialect.Quote) && !IsOfValues(dialect.Escape) && !IsOfValues(dialect.Comment)
            && options.NullValues.All(n => n.Length == 0 || !n.All(c => IsOfValues(c)));
        return new FixedFormatter<T, TFormatter>(field, quotes, formatter, safe);
    }

    private static bool IsOfValues(int character)
        => character is (>= '0' and <= '9') or '.' or '-' or '+' or ':' or ' ' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
}
