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
        Option<long?> parallel = GroupOptions.Parallel();
        Option<bool> restart = GroupOptions.Restart();
        var command = new Command("run", "Run jobs: millrace run jobs/orders.yaml") { jobs, follow, takeOver, threads, limit, parallel, restart };
        var observing = new ObservationOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            IReadOnlyList<JobFile> files = JobFiles.LoadAll(parsed.GetRequiredValue(jobs));
            bool json = parsed.GetValue(CommonOptions.Json);
            Observation observation = observing.Open(parsed);
            await using (observation.ConfigureAwait(false))
            {
                int exit = App.ExitOk;
                foreach (JobFile file in files)
                {
                    exit = Math.Max(exit, StreamGroup.Of(file, Composition.Connectors) is { } group
                        ? await GroupJob.RunAsync(With(group), json, observation, cancellation).ConfigureAwait(false)
                        : await JobRunner.RunAsync([Changed(Pipeline.Of(file, Composition.Connectors))], json, observation, cancellation).ConfigureAwait(false));
                    if (cancellation.IsCancellationRequested)
                    {
                        break;
                    }
                }

                return exit;
            }

            Pipeline Changed(Pipeline pipeline) => pipeline with
            {
                Threads = (int)(parsed.GetValue(threads) ?? pipeline.Threads),
                Limit = parsed.GetValue(limit) ?? pipeline.Limit,
                Follows = pipeline.Follows || parsed.GetValue(follow),
                TakesOver = parsed.GetValue(takeOver),
            };

            StreamGroup With(StreamGroup group) => group with
            {
                Parallel = (int?)parsed.GetValue(parallel) ?? group.Parallel,
                Restarts = parsed.GetValue(restart),
                PipelineOf = stream => Changed(group.PipelineOf(stream)),
            };
        });
        return command;
    }
}
