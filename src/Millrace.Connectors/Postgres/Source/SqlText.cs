namespace Millrace.Connectors.Postgres;

/// <summary>Constants in SQL, for statements that take no parameters, such as COPY.</summary>
internal static class SqlText
{
    /// <summary>A text of the server's own making as a constant of a type; it means the same whatever <c>standard_conforming_strings</c> is.</summary>
    public static string Literal(string text, string type) => $"{Text(text)}::{type}";

    /// <summary>A text as a constant.</summary>
    public static string Text(string text)
    {
        string quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }
}
