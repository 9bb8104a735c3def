using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Runs pipelines one after the other, shows progress and sums up.</summary>
internal static class JobRunner
{
    public static async Task<int> RunAsync(IReadOnlyList<Pipeline> pipelines, bool json, Observation observation, CancellationToken cancellation)
    {
        int exit = App.ExitOk;

        // Rows that go to standard output stand there alone.
        TextWriter printer = pipelines.Any(p => p.WritesStandardOutput) ? Console.Error : Console.Out;
        foreach (Pipeline pipeline in pipelines)
        {
            var progress = new RunProgress();
            RunSummary summary;
            await using (observation.LogsToScreen ? null : new ProgressDisplay(pipeline, progress, json))
            {
                // On a thread of its own: a signal that comes before the command has returned a task ends the process at once.
                var runner = new PipelineRunner(pipeline, progress, observation.Log);
                summary = await Task.Run(() => runner.RunAsync(cancellation), CancellationToken.None).ConfigureAwait(false);
            }

            bool readerGone = summary.Error is { } error && App.IsReaderGone(error);
            if (json || !readerGone)
            {
                Print(summary, json, printer);
            }

            exit = Math.Max(exit, summary.Outcome switch
            {
                RunOutcome.Succeeded => App.ExitOk,
                RunOutcome.Partial => App.ExitPartial,
                _ when readerGone => App.ExitReaderGone,
                _ => App.ExitFailed,
            });
            if (cancellation.IsCancellationRequested)
            {
                break;
            }
        }

        return exit;
    }

    // That nobody listens any more is no reason not to run the next job.
    private static void Print(RunSummary summary, bool json, TextWriter printer)
    {
        try
        {
            SummaryPrinter.Print(summary, json, printer);
        }
        catch (MillraceException e) when (App.IsReaderGone(e))
        {
        }
    }
}
