using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>Constants in SQL, in sessions where a backslash escapes.</summary>
internal static class SqlText
{
    public static string Literal(string text)
    {
        var literal = new StringBuilder("'", text.Length + 2);
        foreach (char c in text)
        {
            literal.Append(c switch { '\'' => "''", '\\' => "\\\\", '\0' => "\\0", _ => c.ToString() });
        }

        return literal.Append('\'').ToString();
    }

    public static string List(IEnumerable<string> texts) => string.Join(", ", texts.Select(Literal));
}
