using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>Prints errors of statements with the line they are in and a caret below the token.</summary>
internal static class SqlErrorPrinter
{
    /// <summary>Says which of several statements an error is of, and shows its line where the error has one.</summary>
    public static void PrintStatement(MillraceException error, SourceText script, StatementSyntax statement, bool json)
    {
        if (json)
        {
            return;
        }

        if (script.Render(error) is var text && text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var line)
        {
            Console.Error.WriteLine(text[(line + 1)..]);
        }

        Console.Error.WriteLine(SqlJob.Describe(script, statement));
    }

    /// <param name="error">The error.</param>
    /// <param name="script">The text that it is from.</param>
    /// <param name="json">As a document for programs.</param>
    /// <param name="statement">The statement, where the text has several.</param>
    public static void Print(MillraceException error, SourceText script, bool json, StatementSyntax? statement = null)
    {
        IReadOnlyList<MillraceException> errors = error.Related.Count > 0 ? error.Related : [error];
        if (json)
        {
            foreach (MillraceException one in errors)
            {
                var document = new JsonObject { ["error"] = ErrorJson.Of(script.Locate(one)) };
                if (statement is not null)
                {
                    document[SqlJob.Member] = SqlJob.ToJson(script, statement);
                }

                JsonOutput.Write(document);
            }

            return;
        }

        foreach (MillraceException one in errors)
        {
            Console.Error.WriteLine(script.Render(one));
        }
    }
}
