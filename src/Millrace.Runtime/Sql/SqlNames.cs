using System.Globalization;

namespace Millrace.Runtime.Sql;

/// <summary>Names and values as they stand in statements that are put together.</summary>
internal static class SqlNames
{
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A number or truth value as it is, anything else as text, which takes the type of what it is compared with.</summary>
    public static string Literal(string text)
        => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) || text is "true" or "false" ? text : Text(text);
}
