namespace Millrace.Formats.Csv;

/// <summary>Errors of CSV files.</summary>
public static class CsvErrors
{
    public static readonly ErrorCode FieldCountCode = new("MR2010", "A row has another number of fields than the file has columns.", "If quotes hold delimiters, set `quote`; if the delimiter was found out wrongly, set `delimiter`.", Class: ErrorClass.Data);
    public static readonly ErrorCode UnclosedQuoteCode = new("MR2011", "A quote is opened and never closed.", "If quotes mean nothing in this file, set quote: none; if they are escaped with a backslash, set `escape`.", Class: ErrorClass.Data);
    public static readonly ErrorCode RecordTooLongCode = new("MR2012", "A row is longer than the limit.", "If quotes mean nothing in this file, set quote: none; if fields really are that long, raise max_field_bytes.", Class: ErrorClass.Data);
    public static readonly ErrorCode FieldTooLongCode = new("MR2013", "A field is longer than the limit.", "Raise max_field_bytes.", Class: ErrorClass.Data);
    public static readonly ErrorCode TooManyColumnsCode = new("MR2014", "A row has more columns than the limit.", "If the delimiter was found out wrongly, set `delimiter`; otherwise raise max_columns.");
    public static readonly ErrorCode ColumnNamesCode = new("MR2015", "The given column names do not fit the file.", "Give one name per column of the file in `columns`.");
    public static readonly ErrorCode OptionsCode = new("MR2016", "The CSV options contradict each other.", "See the options of the format csv in the reference.");

    public static readonly ErrorCode NotWithoutQuotesCode = new("MR2017", "A value cannot be written without quotes.", "Leave out quote: none, or choose a delimiter that the values do not hold.", Class: ErrorClass.Data);

    public static readonly ErrorCode TextBehindQuoteCode = new("MR2018", "Text follows the closing quote of a field.", "Double a quote that belongs to the text; if quotes mean nothing in this file, set quote: none; if only spaces follow, set trim: true.", Class: ErrorClass.Data);

    public static readonly ErrorCode RowsWithoutColumnsCode = new("MR2019", "Rows without columns cannot be written as CSV.", "Choose at least one column, or another format.");

    public static readonly ErrorCode RowTooLongCode = new("MR2020", "A row is too long to be written.", "Leave out the longest column, or write another format.");

    internal static string FieldCount(int found, int expected)
        => $"The row has {found} field{(found == 1 ? "" : "s")}, expected {expected}.";

    internal static string UnclosedQuote() => "The row holds a quote that is opened and not closed before the file ends.";

    internal static string TextBehindQuote(int field, ReadOnlySpan<byte> tail)
        => $"Behind the closing quote of field {field} stands {Shown(tail)}, expected a delimiter or the end of the line.";

    internal static string FieldTooLong(int found, int limit) => $"The field has {found} bytes; the limit is {limit}.";

    internal static string InvalidUtf8() => "The row is not valid UTF-8.";

    internal static string ValueDoesNotFit(ReadOnlySpan<byte> value, Columnar.DataType type) => $"{Shown(value)} is not a value of {type}.";

    internal static MillraceException RecordTooLong(ErrorPlace place, int limit, bool inQuotes)
        => RecordTooLongCode.Error($"The row has more than {limit} bytes{(inQuotes ? ", most likely since a quote in it is never closed" : "")}.", place);

    internal static MillraceException TooManyColumns(ErrorPlace place, int limit)
        => TooManyColumnsCode.Error($"The row has more than {limit} fields.", place);

    internal static MillraceException ColumnNames(string file, int given, int found)
        => ColumnNamesCode.Error($"{given} column names are given and the file has {found} columns.", ErrorPlace.InFile(file));

    internal static MillraceException TypeNotReadable(Columnar.Field field)
        => FormatErrors.TypeNotSupported.Error($"Column '{field.Name}' of a CSV file cannot be read as {field.Type}.", hint: "Read it as varchar or json and convert it.");

    internal static MillraceException NotWithoutQuotes(Columnar.Field field, ReadOnlySpan<byte> value)
        => NotWithoutQuotesCode.Error($"{Shown(value)} in column '{field.Name}' cannot be written without quotes.");

    internal static MillraceException Options(IEnumerable<string> faults) => OptionsCode.Error(string.Join(" ", faults));

    internal static MillraceException RowsWithoutColumns(int rows)
        => RowsWithoutColumnsCode.Error($"{rows} {(rows == 1 ? "row has" : "rows have")} no columns, and CSV has no line for such rows.");

    internal static MillraceException RowTooLong(long found, int limit)
        => RowTooLongCode.Error($"A row needs up to {found} bytes of text; at most {limit} can be written.");

    private static string Shown(ReadOnlySpan<byte> value)
    {
        const int shown = 60;
        string text = System.Text.Encoding.UTF8.GetString(value[..Math.Min(value.Length, shown)]);
        return $"'{text}{(value.Length > shown ? "…" : "")}'";
    }
}
