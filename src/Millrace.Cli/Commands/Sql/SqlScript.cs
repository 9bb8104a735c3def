using System.Diagnostics;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>Runs the statements of a text in turn and stops at the first that fails.</summary>
internal sealed class SqlScript(SqlPrinting printing)
{
    public async Task<int> RunAsync(SourceText script, CancellationToken cancellation)
    {
        try
        {
            foreach (StatementSyntax statement in SqlParser.ParseScript(script))
            {
                long started = Stopwatch.GetTimestamp();
                await printing.RunAsync(statement, cancellation).ConfigureAwait(false);
                printing.Report(script, Stopwatch.GetElapsedTime(started));
            }

            return await printing.RunJobsAsync(cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (!App.IsReaderGone(e))
        {
            SqlErrorPrinter.Print(e, script, printing.Json);
            return App.ExitFailed;
        }
    }
}
