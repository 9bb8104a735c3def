using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>Prints errors of statements with the line they are in and a caret below the token.</summary>
internal static class SqlErrorPrinter
{
    public static void Print(MillraceException error, SourceText script, bool json)
    {
        IReadOnlyList<MillraceException> errors = error.Related.Count > 0 ? error.Related : [error];
        if (json)
        {
            foreach (MillraceException one in errors)
            {
                JsonOutput.Write(new JsonObject { ["error"] = ErrorJson.Of(script.Locate(one)) });
            }

            return;
        }

        foreach (MillraceException one in errors)
        {
            Console.Error.WriteLine(script.Render(one));
        }
    }
}
