using System.Text;
using Millrace.Sql.Parsing;

namespace Millrace.Fuzz;

/// <summary>
/// Scripts of SQL. What is read has to be printable, and what is printed has to be read again and printed alike. The corpus has the seeds.
/// </summary>
internal sealed class SqlTarget : IFuzzTarget
{
    // Spelling out grouping sets makes more text of little; of what is longer, only the first reading is checked.
    private const int MaxPrinted = 1 << 16;

    public string Name => "sql";

    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. new[]
        {
            "SELECT ", " FROM ", " WHERE ", " GROUP BY ", " ORDER BY ", " UNION ALL ", "WITH ", " AS ", "(", ")", "((", "))", "[", "]", "{", "}", ",", ";", ".", "::", ":", "*",
            "'", "''", "\"", "`", "$$", "${", "E'\\", "X'", "--", "/*", "*/", "-- @a: b\n", " NOT ", " AND ", " OR ", " BETWEEN ", " IN (", " LIKE ", " IS ", " CASE WHEN ",
            " THEN ", " END ", "CAST(", "INTERVAL '", "1e", "0x", "5m", " OVER (", " WINDOW ", " ROWS ", " JOIN ", " ON ", " ANY (", " CUBE (", "array<", ">>", "WITH (", " EXCEPT (",
            "EXTRACT(", "TRIM(", "CREATE STREAM ", "EXPLAIN ", "DEPLOY JOB ", "\ufeff", "\u00a0", "\ud83d\ude00",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public IEnumerable<byte[]> Seeds(Random random) => [];

    public void Run(byte[] input)
    {
        var source = new SourceText(Encoding.UTF8.GetString(input), "input.sql");
        try
        {
            foreach (StatementSyntax statement in SqlParser.ParseScript(source))
            {
                CheckPrinted(statement);
            }
        }
        catch (MillraceException e)
        {
            foreach (MillraceException error in e.Related.Prepend(e))
            {
                source.Render(error);
            }

            throw;
        }
    }

    private static void CheckPrinted(StatementSyntax statement)
    {
        string printed = SqlPrinter.Print(statement);
        if (printed.Length > MaxPrinted)
        {
            return;
        }

        string again;
        try
        {
            again = SqlPrinter.Print(SqlParser.ParseStatement(new SourceText(printed)));
        }
        catch (MillraceException e) when (e.Code == ParsingErrors.TooDeep)
        {
            // Parentheses that precedence needs come on top of what was just allowed.
            return;
        }
        catch (MillraceException e)
        {
            throw new InvalidOperationException($"What was printed is not read: {e.Describe()}\n{printed}", e);
        }

        if (again != printed)
        {
            throw new InvalidOperationException($"What was printed is read as something else:\n{printed}\n{again}");
        }
    }
}
