using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Makes the formatter of a column.</summary>
internal sealed class FormatterFactory(CsvOptions options, QuoteRules quotes)
{
    private readonly bool _safe = IsSafe(options);

    public ColumnFormatter Create(Field field)
    {
        DataType type = field.Type;
        return type.Id switch
        {
            TypeId.Boolean => new BooleanFormatter(field, quotes),
            TypeId.Date when options.DateFormat is { } format
                => new FixedFormatter<int, PatternDateFormatter>(field, quotes, new(DateTimePattern.Parse(format)), safe: false),
            TypeId.Timestamp when options.TimestampFormat is { } format
                => new FixedFormatter<long, PatternTimestampFormatter>(field, quotes, new(DateTimePattern.Parse(format), type.Unit), safe: false),
            TypeId.Utf8 or TypeId.Json => new TextFormatter(field, quotes),
            TypeId.Binary or TypeId.FixedBinary or TypeId.Uuid => new BytesFormatter(field, quotes),
            TypeId.Dictionary => new DictionaryFormatter(field, quotes, Create(field.WithType(type.DictionaryValue))),
            TypeId.List or TypeId.Struct or TypeId.Map => new NestedFormatter(field, quotes),
            _ => TextForms.Dispatch<FixedFactory, ColumnFormatter>(type, new(this, field)),
        };
    }

    private ColumnFormatter Create<T, TFormatter>(Field field, TFormatter formatter)
        where T : unmanaged
        where TFormatter : struct, IValueFormatter<T>
        => options.DecimalSeparator == "," && (field.Type.IsFloat || field.Type.Id == TypeId.Decimal)
            ? new FixedFormatter<T, CommaFormatter<T, TFormatter>>(field, quotes, new(formatter), safe: false)
            : new FixedFormatter<T, TFormatter>(field, quotes, formatter, _safe);

    // Digits and what stands between them never need quotes as long as the dialect and the nulls are made of other characters.
    private static bool IsSafe(CsvOptions options)
    {
        CsvDialect dialect = CsvDialect.Of(options);
        return !IsOfValues(dialect.Delimiter) && !IsOfValues(dialect.Quote) && !IsOfValues(dialect.Escape) && !IsOfValues(dialect.Comment)
            && options.NullValues.All(n => n.Length == 0 || !n.All(c => IsOfValues(c)));
    }

    private static bool IsOfValues(int character)
        => character is (>= '0' and <= '9') or '.' or '-' or '+' or ':' or ' ' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');

    private readonly struct FixedFactory(FormatterFactory factory, Field field) : ITextFormVisitor<ColumnFormatter>
    {
        public ColumnFormatter Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T> => factory.Create<T, TForm>(field, form);
    }
}
