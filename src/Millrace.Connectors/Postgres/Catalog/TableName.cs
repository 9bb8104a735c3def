using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>A table by schema and name.</summary>
internal sealed record TableName(string Schema, string Name)
{
    public const string DefaultSchema = "public";

    /// <summary>Name in SQL.</summary>
    public string Sql => $"{Quote(Schema)}.{Quote(Name)}";

    /// <summary>An identifier in quotes, as SQL wants one that may hold anything.</summary>
    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Reads <c>schema.table</c>, each part quoted or not; a name alone is one in <c>public</c>. Case counts, as in the catalogue.</summary>
    public static TableName Parse(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"')
            {
                if (quoted && i + 1 < text.Length && text[i + 1] == '"')
                {
                    part.Append('"');
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
            (false, [{ Length: > 0 } name]) => new TableName(DefaultSchema, name),
            (false, [{ Length: > 0 } schema, { Length: > 0 } name]) => new TableName(schema, name),
            _ => throw PostgresErrors.UnknownTable.Error($"'{text}' is not the name of a table.", hint: "Write schema.table, with double quotes around parts that hold dots."),
        };
    }

    public override string ToString() => Part(Schema) + "." + Part(Name);

    private static string Part(string name) => name.AsSpan().IndexOfAny('.', '"') < 0 ? name : Quote(name);
}
