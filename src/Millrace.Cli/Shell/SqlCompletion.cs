using Millrace.Runtime.Sql;

namespace Millrace.Cli;

/// <summary>Words that can follow in a statement: keywords, functions, objects of the session, and files inside quotes.</summary>
internal sealed class SqlCompletion(SqlSession session)
{
    private static readonly string[] Keywords =
    [
        "SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN",
        "ON", "USING", "AND", "OR", "NOT", "NULL", "IS NULL", "IS NOT NULL", "BETWEEN", "LIKE", "ILIKE", "IN", "EXISTS", "CASE", "WHEN", "THEN", "ELSE", "END",
        "CAST", "AS", "DISTINCT", "UNION", "UNION ALL", "INTERSECT", "EXCEPT", "WITH", "VALUES", "EXPLAIN", "EXPLAIN ANALYZE", "DESCRIBE", "DESCRIBE FUNCTION", "LOAD", "SHOW TABLES", "SHOW FUNCTIONS",
        "CREATE TABLE", "CREATE VIEW", "CREATE STREAM", "DROP TABLE", "DROP VIEW", "INSERT INTO", "SET", "OVER", "PARTITION BY", "QUALIFY", "INTERVAL", "DATE", "TIMESTAMP", "TRUE", "FALSE",
    ];

    /// <summary>What the last word of a text can become.</summary>
    public IReadOnlyList<string> Complete(string before)
    {
        int quote = before.LastIndexOf('\'');
        if (quote >= 0 && before.Count(c => c == '\'') % 2 == 1)
        {
            return Files(before[(quote + 1)..]);
        }

        int start = before.Length;
        while (start > 0 && (char.IsLetterOrDigit(before[start - 1]) || before[start - 1] == '_'))
        {
            start--;
        }

        string word = before[start..];
        if (word.Length == 0)
        {
            return [];
        }

        bool lower = char.IsLower(word[0]);
        return
        [
            .. session.Objects.Names.Where(n => n.StartsWith(word, StringComparison.OrdinalIgnoreCase)),
            .. Keywords.Where(k => k.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Select(k => lower ? k.ToLowerInvariant() : k),
            .. session.Functions.Names.Where(n => char.IsLetter(n[0]) && n.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Select(n => n + "("),
        ];
    }

    private static IReadOnlyList<string> Files(string prefix)
    {
        try
        {
            string folder = Path.GetDirectoryName(prefix) ?? "";
            string name = Path.GetFileName(prefix);
            return
            [
                .. new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos(name + "*")
                    .Where(f => name.StartsWith('.') || !f.Name.StartsWith('.'))
                    .OrderBy(f => f.Name, StringComparer.Ordinal)
                    .Select(f => Path.Combine(folder, f.Name) + (f is DirectoryInfo ? "/" : "'")),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
