using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Errors of JSON files.</summary>
public static class JsonErrors
{
    public static readonly ErrorCode SyntaxCode = new("MR2101", "A record is not valid JSON.", "Mend the record, or set failure.strategy to dead_letter to set such records aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode NotAnObjectCode = new("MR2102", "A record is not an object.", "If the records stand deeper in the file, set `records` to the path of their array.", Class: ErrorClass.Data);
    public static readonly ErrorCode RecordTooLongCode = new("MR2103", "A record is longer than the limit.", "Raise max_record_bytes; if the file holds one array or objects over several lines, set `layout`.", Class: ErrorClass.Data);
    public static readonly ErrorCode TooDeepCode = new("MR2104", "A record is nested deeper than the limit.", "Raise max_depth.", Class: ErrorClass.Data);
    public static readonly ErrorCode LoneSurrogateCode = new("MR2105", "A text holds half of a surrogate pair.", "Set lone_surrogates: replace to put U+FFFD in its place.", Class: ErrorClass.Data);
    public static readonly ErrorCode UnknownFieldCode = new("MR2106", "A record has a field that the schema does not have.", "Add the field to the schema, or set unknown_fields to ignore or widen.", Class: ErrorClass.Data);
    public static readonly ErrorCode TruncatedCode = new("MR2107", "A file ends in the middle of its records.", "The file was not written or transferred completely; fetch it again.", Class: ErrorClass.Data);
    public static readonly ErrorCode RecordsNotFoundCode = new("MR2108", "The path to the records leads nowhere.", "Name the fields from the top of the file to the array, joined with dots, in `records`.");
    public static readonly ErrorCode TooManyColumnsCode = new("MR2109", "The records have more different fields than the limit.", "Raise max_columns; or read the records as one json column.");
    public static readonly ErrorCode NullCode = new("MR2110", "A record has no value for a column that cannot be null.", "Allow nulls in the column, or mend the record.", Class: ErrorClass.Data);

    private const int Shown = 60;

    internal static string ValueDoesNotFit(ReadOnlySpan<byte> value, DataType type)
        => $"{Show(value)} is not a value of {type}.";

    internal static string Null(string field) => $"'{field}' is null or left out and its column cannot be null.";

    internal static string NotAnObject(ReadOnlySpan<byte> found) => $"The record is {Show(found)}, expected an object.";

    internal static string UnknownField(string name) => $"The record has a field '{name}', which the schema does not have.";

    internal static string RecordTooLong(int limit) => $"The record has more than {limit} bytes.";

    internal static string InvalidUtf8() => "The record is not valid UTF-8.";

    internal static MillraceException RecordTooLong(ErrorPlace place, int limit) => RecordTooLongCode.Error(RecordTooLong(limit), place);

    internal static MillraceException ArrayNotClosed(ErrorPlace place) => TruncatedCode.Error("The file ends before the array of records is closed.", place);

    internal static MillraceException NotAnArray(ErrorPlace place, ReadOnlySpan<byte> found)
        => SyntaxCode.Error($"Found {Show(found)}, expected '[' and the records.", place);

    internal static MillraceException BetweenRecords(ErrorPlace place, ReadOnlySpan<byte> found)
        => SyntaxCode.Error($"Found {Show(found)} after a record, expected ',' or ']'.", place);

    internal static MillraceException NoRecord(ErrorPlace place, ReadOnlySpan<byte> found)
        => SyntaxCode.Error($"Found {Show(found)} after ',', expected a record.", place);

    internal static MillraceException AfterArray(ErrorPlace place, ReadOnlySpan<byte> found)
        => SyntaxCode.Error($"Found {Show(found)} after the array of records, expected the end of the file.", place);

    internal static MillraceException RecordsNotFound(ErrorPlace place, string path, string found)
        => RecordsNotFoundCode.Error($"There is no array at '{path}': {found}.", place);

    internal static MillraceException TooManyColumns(ErrorPlace place, int limit)
        => TooManyColumnsCode.Error($"The records have more than {limit} different fields.", place);

    internal static MillraceException TypeNotReadable(Field field)
        => FormatErrors.TypeNotSupported.Error($"Column '{field.Name}' of a JSON file cannot be read as {field.Type}.", hint: "Read it as the type of its values and convert it.");

    internal static MillraceException KeyNotWritable(Field field, DataType key)
        => FormatErrors.TypeNotSupported.Error($"Column '{field.Name}' is a map whose keys are of type {key}, which are no names of JSON fields.", hint: "Convert the column into an array of structs.");

    /// <summary>The beginning of a value, as it is shown in messages.</summary>
    internal static string Show(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0)
        {
            return "nothing";
        }

        string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, Shown)]);
        return $"'{text}{(value.Length > Shown ? "…" : "")}'";
    }
}
