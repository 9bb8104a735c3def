using Millrace.Sql;

namespace Millrace.SampleFunctions;

/// <summary>A function of each shape.</summary>
public static class Samples
{
    private static int _calls;

    [SqlFunction("fahrenheit", Doc = "Degrees Celsius as degrees Fahrenheit.")]
    public static double Fahrenheit(double celsius) => (celsius * 9 / 5) + 32;

    [SqlFunction("add_tax", Doc = "A price with its tax in per cent.")]
    [return: SqlType("decimal(18,2)")]
    public static decimal AddTax(decimal price, int percent = 19) => price * (100 + percent) / 100;

    [SqlFunction("describe_it", Doc = "What a value is.")]
    public static string Describe(long value) => $"number {value}";

    [SqlFunction("describe_it")]
    public static string Describe(string? value) => value is null ? "nothing" : $"text {value}";

    [SqlFunction("describe_it")]
    public static string? Describe(bool value) => value ? "yes" : null;

    [SqlFunction("parse_number", Doc = "The number that a text is; other texts are bad rows.")]
    public static long ParseNumber(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [SqlFunction("glue", Doc = "Texts with a separator between them.")]
    public static string Glue(string separator, params string[] parts) => string.Join(separator, parts);

    [SqlFunction("weekday_name")]
    public static string Weekday(DateOnly date) => date.DayOfWeek.ToString();

    [SqlFunction("next_call", Doc = "How often it was called.", Deterministic = false)]
    public static int NextCall() => Interlocked.Increment(ref _calls);

    [SqlFunction("moved", Doc = "A time that is moved by an interval.")]
    public static DateTime Moved(DateTime at, TimeSpan by) => at + by;

    [SqlFunction("doubled", Doc = "The numbers of an array, twice as large; nulls stay.")]
    public static long?[] Doubled(long?[] numbers) => Array.ConvertAll(numbers, n => n * 2);

    [SqlFunction("same_id")]
    public static Guid SameId(Guid id) => id;

    [SqlFunction("flipped")]
    public static byte[] Flipped(byte[] bytes) => [.. bytes.Reverse()];

    [SqlFunction("tagged")]
    [return: SqlType("json")]
    public static string Tagged([SqlType("json")] string json) => $$"""{"tag": {{json}}}""";

    [SqlFunction("as_json", Doc = "A text that is JSON, as JSON.")]
    [return: SqlType("json")]
    public static string AsJson(string text) => text;

    [SqlFunction("with_default")]
    public static double WithDefault(double? value, double otherwise) => value ?? otherwise;
}
