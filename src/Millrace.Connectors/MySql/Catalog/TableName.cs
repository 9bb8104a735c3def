using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>A table by database and name.</summary>
internal sealed record TableName(string Database, string Name)
{
    /// <summary>Name in SQL.</summary>
    public string Sql => $"{Quote(Database)}.{Quote(Name)}";

    /// <summary>An identifier in backticks, as SQL wants one that may hold anything.</summary>
    public static string Quote(string identifier) => $"`{identifier.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>Identifiers, separated by commas.</summary>
    public static string QuoteAll(IEnumerable<string> identifiers) => string.Join(", ", identifiers.Select(Quote));

    /// <summary>Reads <c>table</c> or <c>database.table</c>, each part in backticks or not.</summary>
    /// <param name="text">The name.</param>
    /// <param name="database">Database of a name alone; null where none was chosen.</param>
    public static TableName Parse(string text, string? database)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '`')
            {
                if (quoted && i + 1 < text.Length && text[i + 1] == '`')
                {
                    part.Append('`');
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (c == '.' && !quoted)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        return (quoted, parts) switch
        {
            (false, [{ Length: > 0 } name]) => new TableName(database ?? throw MySqlErrors.UnknownTable.Error($"The table '{text}' is named without its database, and none is chosen.", hint: "Name one: mysql://host/database, or database.table."), name),
            (false, [{ Length: > 0 } schema, { Length: > 0 } name]) => new TableName(schema, name),
            _ => throw MySqlErrors.UnknownTable.Error($"'{text}' is not the name of a table.", hint: "Write table or database.table, with backticks around parts that hold dots."),
        };
    }

    public override string ToString() => Part(Database) + "." + Part(Name);

    private static string Part(string name) => name.AsSpan().IndexOfAny('.', '`') < 0 ? name : Quote(name);
}
