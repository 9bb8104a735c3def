using System.Diagnostics;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>Runs the statements of a text in turn and stops at the first that fails.</summary>
internal sealed class SqlScript(SqlPrinting printing)
{
    public async Task<int> RunAsync(SourceText script, CancellationToken cancellation)
    {
        StatementSyntax? running = null;
        try
        {
            IReadOnlyList<StatementSyntax> statements = SqlParser.ParseScript(script);
            foreach (StatementSyntax statement in statements)
            {
                running = statements.Count > 1 ? statement : null;
                long started = Stopwatch.GetTimestamp();
                await printing.RunAsync(statement, script, cancellation, isOneOfSeveral: statements.Count > 1).ConfigureAwait(false);
                printing.Report(script, Stopwatch.GetElapsedTime(started));
            }

            running = null;
            return await printing.RunJobsAsync(cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (!App.IsReaderGone(e))
        {
            SqlErrorPrinter.Print(e, script, printing.Json, running);
            if (running is not null && !printing.Json)
            {
                Console.Error.WriteLine(SqlJob.Describe(script, running));
            }

            return App.ExitFailed;
        }
    }
}
