using System.Text;
using Millrace.Sql.Functions;

namespace Millrace.Runtime;

/// <summary>The page of the functions of SQL, from their table.</summary>
public static class FunctionReference
{
    private const string Introduction = """
        # Functions

        Generated from the table of functions in the code; the examples run as tests. A null argument makes a null result, unless
        a function says otherwise. What cannot be computed for a row is an error of that row (see [errors](errors.md)).

        * **Optional** arguments stand in brackets, `…` behind an argument means that it can be given any number of times.
        * **Regular expressions** are those of PostgreSQL and PCRE, but for what has no bound on the time it takes: back references
          and lookaround are errors. `.` matches line ends too, `^` and `$` match at the ends of the text only; the flag `n` changes both.
          Flags: `i` ignores case, `x` ignores spaces in the pattern, `g` means every match.
        * **Formats of times** are PostgreSQL's (`YYYY-MM-DD HH24:MI:SS.US`), or strftime's where there is a percent sign (`%Y-%m-%d %H:%M:%S.%f`).
        * **JSON paths** begin with `$`: `$.a.b[0]`, `$['other name']`, `$[-1]` for the last element, `$.a[*].b` for many values.
        * `a[1]` is `element_at`, `a[2:3]` is `array_slice`, `ARRAY[…]`, `MAP {…}` and `STRUCT(…)` are `array`, `map` and `struct`.

        """;

    public static string ToMarkdown(FunctionTable table)
    {
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (IGrouping<FunctionCategory, SqlFunction> chapter in table.All.GroupBy(f => f.Category).OrderBy(c => c.Key))
        {
            text.Append("\n## ").Append(Title(chapter.Key)).Append('\n');
            foreach (SqlFunction function in chapter)
            {
                Append(text, function);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, SqlFunction function)
    {
        text.Append("\n### `").Append(function.Name).Append("`\n\n").Append(function.Doc);
        if (function.Aliases.Count > 0)
        {
            text.Append(" Also ").AppendJoin(", ", function.Aliases.Select(a => $"`{a}`")).Append('.');
        }

        text.Append("\n\n```text\n");
        foreach (string signature in function.Signatures)
        {
            text.Append(signature).Append('\n');
        }

        text.Append("```\n");
        if (function.Examples.Count > 0)
        {
            text.Append('\n');
        }

        foreach (FunctionExample example in function.Examples)
        {
            text.Append("* `").Append(OneLine(example.Sql)).Append("` → ");
            text.Append(example.Result.Length == 0 ? "the empty text" : $"`{OneLine(example.Result)}`").Append('\n');
        }
    }

    private static string OneLine(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Title(FunctionCategory category) => category switch
    {
        FunctionCategory.Json => "JSON",
        FunctionCategory.Time => "Dates and times",
        FunctionCategory.Nested => "Arrays, maps and structs",
        FunctionCategory.Geo => "Places",
        FunctionCategory.Message => "Messages",
        FunctionCategory.Aggregate => "Aggregates",
        FunctionCategory.Window => "Window functions",
        FunctionCategory.TimeSeries => "Time series",
        _ => category.ToString(),
    };
}
