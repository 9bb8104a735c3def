namespace Millrace.Sql.Functions;

/// <summary>What the functions report: rows that have no result, and patterns that cannot work.</summary>
public static class FunctionErrors
{
    public static readonly ErrorCode ArgumentCode = new("MR5230", "An argument of a function is out of its range.", "Check the value, or guard the call with CASE.", Class: ErrorClass.Data);
    public static readonly ErrorCode ValueTooLargeCode = new("MR5231", "The result of a function would be too large.", "Ask for less: a value can have as many bytes as the message says.", Class: ErrorClass.Data);
    public static readonly ErrorCode PatternCode = new("MR5232", "A pattern is not valid.", "Mend the pattern; docs/reference/functions.md describes what patterns can say.", Class: ErrorClass.Data);
    public static readonly ErrorCode PatternTimeoutCode = new("MR5233", "Matching a pattern took too long.", "Make the pattern simpler, or shorten the text.", Class: ErrorClass.Data);
    public static readonly ErrorCode EncodedTextCode = new("MR5234", "A text is not encoded as the function expects.", "Check the value, or guard the call with CASE.", Class: ErrorClass.Data);
    public static readonly ErrorCode TimeOutOfRangeCode = new("MR5235", "A date or time is out of range.", "Check the value, or guard the call with CASE.", Class: ErrorClass.Data);
    public static readonly ErrorCode TimeTextCode = new("MR5236", "A text is not a date or time of the given format.", "Check the format, or use try_strptime, which gives null.", Class: ErrorClass.Data);
    public static readonly ErrorCode TimeZoneCode = new("MR5237", "A time zone is not known.", "Use an IANA name such as Europe/Berlin, or an offset such as +02:00.", Class: ErrorClass.Data);
    public static readonly ErrorCode TimeFieldCode = new("MR5238", "A part of a date or time is not known, or the value does not have it.", "Parts are listed at date_part in docs/reference/functions.md.", Class: ErrorClass.Data);
    public static readonly ErrorCode JsonCode = new("MR5239", "A text is not valid JSON.", "Check the value, or guard the call with json_valid.", Class: ErrorClass.Data);
    public static readonly ErrorCode JsonPathCode = new("MR5240", "A JSON path is not valid.", "Write paths as $.name[0].\"other name\".", Class: ErrorClass.Data);
    public static readonly ErrorCode FormatCode = new("MR5241", "A format is not valid.", "Formats are described in docs/reference/functions.md.", Class: ErrorClass.Data);

    internal static string TooLarge(string function, long bytes, int limit)
        => $"{function}: the result would have {bytes} bytes; a value can have {limit}.";

    /// <summary>A value for a message, cut where it is long.</summary>
    internal static string Show(ReadOnlySpan<byte> text)
    {
        const int shown = 60;
        string all = System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, shown * 4)]);
        return all.Length <= shown ? $"'{all}'" : $"'{all[..shown]}…'";
    }
}
