using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Runtime.Streaming;

namespace Millrace.Cli;

/// <summary>Runs the jobs that statements have begun, all at once, until each has ended or a signal stops them.</summary>
internal static class SqlJobs
{
    /// <summary>Runs jobs. One that fails stops the others, which commit what they have.</summary>
    /// <returns>The exit code of the program.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<SqlJob> jobs, bool json, RunLog? log, CancellationToken cancellation)
    {
        if (jobs.GroupBy(j => j.Pipeline.Job, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw StreamingErrors.JobTwice.Error($"There are {twice.Count()} jobs with the name '{twice.Key}': {string.Join(", ", twice.Select(j => SqlJob.Describe(j.Script, j.Statement)["in the statement ".Length..]))}.", new ErrorPlace { Offset = twice.Last().Statement.Span.Start });
        }

        LateTables.Check([.. jobs.Select(j => j.Pipeline)], job => new ErrorPlace { Offset = jobs[job].Statement.Span.Start });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task<RunSummary>>();
        foreach (Pipeline job in jobs.Select(j => j.Pipeline))
        {
            var progress = new RunProgress();
            progress.Noticed += text => Console.Error.WriteLine($"{job.Job}: {text}");
            if (job.Follows)
            {
                Console.Error.WriteLine($"{job.Job}: running; Ctrl-C stops it");
            }

            running.Add(Task.Run(() => new PipelineRunner(job, progress, log).RunAsync(stop.Token), CancellationToken.None));
        }

        int exit = App.ExitOk;
        var left = new List<Task<RunSummary>>(running);
        while (left.Count > 0)
        {
            Task<RunSummary> ended = await Task.WhenAny(left).ConfigureAwait(false);
            left.Remove(ended);
            SqlJob job = jobs[running.IndexOf(ended)];
            RunSummary summary = job.Locate(await ended.ConfigureAwait(false));
            exit = Math.Max(exit, summary.Outcome switch { RunOutcome.Succeeded => App.ExitOk, RunOutcome.Partial => App.ExitPartial, _ => App.ExitFailed });
            TextWriter printer = jobs.Any(j => j.Pipeline.WritesStandardOutput) ? Console.Error : Console.Out;
            if (json)
            {
                JsonObject document = summary.ToJson();
                document[SqlJob.Member] = SqlJob.ToJson(job.Script, job.Statement);
                JsonOutput.Write(printer, document);
            }
            else
            {
                SummaryPrinter.Print(summary, json: false, printer);
            }

            if (summary.Error is { } error)
            {
                SqlErrorPrinter.PrintStatement(error, job.Script, job.Statement, json);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }

        return exit;
    }
}
