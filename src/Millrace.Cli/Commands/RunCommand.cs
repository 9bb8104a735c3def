using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace run JOB…|DIR</c>: runs job files, one after the other.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var jobs = new Argument<string[]>("job") { Description = "Job files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        Option<long?> threads = CountOption.Create("--threads", "Threads to keep busy; overrides the jobs' own.", "count", Pipeline.MaxThreads);
        Option<long?> limit = CountOption.Create("--limit", "Read at most so many rows of each job, for a trial.", "rows");
        Option<bool> follow = FollowOption.Create();
        Option<bool> takeOver = TakeOverOption.Create();
        var command = new Command("run", "Run jobs: millrace run jobs/orders.yaml") { jobs, follow, takeOver, threads, limit };
        var observing = new ObservationOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<JobFile> files = JobFiles.LoadAll(parsed.GetRequiredValue(jobs));
            IEnumerable<Pipeline> pipelines = files.Select(f => Pipeline.Of(f, Composition.Connectors)).Select(p => p with
            {
                Threads = (int)(parsed.GetValue(threads) ?? p.Threads),
                Limit = parsed.GetValue(limit) ?? p.Limit,
                Follows = p.Follows || parsed.GetValue(follow),
                TakesOver = parsed.GetValue(takeOver),
            });
            Observation observation = observing.Open(parsed);
            await using (observation.ConfigureAwait(false))
            {
                return await JobRunner.RunAsync([.. pipelines], parsed.GetValue(CommonOptions.Json), observation, cancellation).ConfigureAwait(false);
            }
        });
        return command;
    }
}
