using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Runs a job of several streams, shows progress and sums up.</summary>
internal static class GroupJob
{
    public static async Task<int> RunAsync(StreamGroup group, bool json, Observation observation, CancellationToken cancellation)
    {
        var progress = new GroupProgress();
        GroupSummary summary;
        await using (observation.LogsToScreen ? null : new GroupDisplay(group, progress, json))
        {
            summary = await Task.Run(() => new GroupRunner(group, progress, observation.Log).RunAsync(cancellation), CancellationToken.None).ConfigureAwait(false);
        }

        GroupPrinter.Print(summary, json);
        return summary.Outcome switch
        {
            RunOutcome.Succeeded => App.ExitOk,
            RunOutcome.Partial => App.ExitPartial,
            _ => App.ExitFailed,
        };
    }
}
