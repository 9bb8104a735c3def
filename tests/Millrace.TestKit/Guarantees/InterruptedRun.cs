using Millrace.Runtime;

namespace Millrace.TestKit;

/// <summary>Runs a pipeline in which a <see cref="FaultPlan"/> interferes.</summary>
public static class InterruptedRun
{
    // Only a run that never ends gets here.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Runs once. Null when the process died; what it would have said nobody has seen. A run that hangs is asked to stop, and
    /// the clock goes on until it gives up.
    /// </summary>
    /// <param name="pipeline">What runs; its clock is <paramref name="time"/>.</param>
    /// <param name="plan">The faults.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Asks the run to stop.</param>
    public static async Task<RunSummary?> RunAsync(Pipeline pipeline, FaultPlan plan, ManualTime time, CancellationToken stop = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            Task<RunSummary> run = new PipelineRunner(pipeline).RunAsync(stopping.Token);
            if (await Task.WhenAny(run, plan.Hung).WaitAsync(Patience, CancellationToken.None) != run)
            {
                await stopping.CancelAsync();
                time.Advance(PipelineRunner.StopDeadline);
            }

            RunSummary summary = await run.WaitAsync(Patience, CancellationToken.None);
            return plan.Crashed ? null : summary;
        }
        catch (CrashException) when (plan.Crashed)
        {
            return null;
        }
    }
}
