using System.Diagnostics;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Runs the pipelines of a group, so many at once, the largest streams first. One that fails does not stop the others. What an
/// unfinished run before has done completely is left out, where streams are read as a whole.
/// </summary>
/// <param name="group">What runs.</param>
/// <param name="progress">Shows how far it is.</param>
/// <param name="log">Receives what happens; null logs nothing.</param>
public sealed class GroupRunner(StreamGroup group, GroupProgress? progress = null, RunLog? log = null)
{
    private readonly GroupProgress _progress = progress ?? new GroupProgress();
    private readonly GroupRecord _record = new(Path.GetFullPath(group.StateFolder ?? Path.Combine(".millrace", "state"), group.BaseDirectory), group.Tenant, group.Job);

    /// <summary>Runs to the end. Failures come back in the summary.</summary>
    public async Task<GroupSummary> RunAsync(CancellationToken stop)
    {
        long started = Stopwatch.GetTimestamp();
        GroupSummary summary;
        try
        {
            summary = await RunStreamsAsync(stop).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            summary = new GroupSummary { Job = group.Job, Streams = [], Error = e };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            summary = new GroupSummary { Job = group.Job, Streams = [], Error = RuntimeErrors.Cancelled.Error("The run was stopped before its first stream.") };
        }

        return summary with { Duration = Stopwatch.GetElapsedTime(started) };
    }

    private async Task<GroupSummary> RunStreamsAsync(CancellationToken stop)
    {
        List<(GroupMember Run, Pipeline Pipeline)> all = [.. (await group.PipelinesAsync(stop).ConfigureAwait(false)).Select(s => (new GroupMember(s.Stream.Name), s.Pipeline))];
        bool keeps = all.TrueForAll(s => s.Pipeline.ReadMode == ReadMode.Full);
        if (keeps)
        {
            await (group.Restarts ? _record.RemoveAsync() : _record.LoadAsync(stop)).ConfigureAwait(false);
        }

        foreach ((GroupMember run, _) in all.Where(s => _record.Done.ContainsKey(s.Run.Stream)))
        {
            run.State = MemberState.DoneBefore;
        }

        _progress.Add(all.Select(s => s.Run));
        (GroupMember Run, Pipeline Pipeline)[] left = [.. all.Where(s => s.Run.State == MemberState.Waiting)];
        bool follows = left.Any(s => s.Pipeline.Follows);

        // Changes come in one order for all streams, so that none can wait for another to end.
        bool atOnce = left.Any(s => s.Pipeline.ReadMode == ReadMode.Cdc) || (follows && group.Parallel is null);
        int parallel = Math.Clamp(atOnce ? left.Length : group.Parallel ?? StreamGroup.DefaultParallel, 1, Math.Max(1, left.Length));
        var shared = new SharedReads(left.Select(s => s.Run.Stream)) { Parallel = group.Parallel ?? StreamGroup.DefaultParallel };
        await using (shared.ConfigureAwait(false))
        {
            async Task RunOneAsync(GroupMember run, Pipeline pipeline)
            {
                await RunAsync(run, Share(pipeline, parallel) with { Shared = shared }, keeps, stop).ConfigureAwait(false);
                await shared.EndAsync(run.Stream).ConfigureAwait(false);
            }

            if (atOnce && follows)
            {
                await new StreamFollower(group, _progress, RunOneAsync).RunAsync(all, shared, stop).ConfigureAwait(false);
            }
            else
            {
                await System.Threading.Tasks.Parallel.ForEachAsync(left, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (stream, _) =>
                {
                    if (!stop.IsCancellationRequested)
                    {
                        await RunOneAsync(stream.Run, stream.Pipeline).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
            }
        }

        var summary = new GroupSummary
        {
            Job = group.Job,
            Streams = [.. all.Where(s => s.Run.Summary is not null).Select(s => (s.Run.Stream, s.Run.Summary!)).OrderBy(s => s.Stream, StringComparer.Ordinal)],
            DoneBefore = In(MemberState.DoneBefore),
            NotBegun = In(MemberState.Waiting),
            GoesOn = keeps,
        };
        if (keeps && !summary.Failed.Any() && summary.NotBegun.Count == 0)
        {
            await _record.RemoveAsync().ConfigureAwait(false);
        }

        return summary;

        string[] In(MemberState state) => [.. all.Where(s => s.Run.State == state).Select(s => s.Run.Stream).Order(StringComparer.Ordinal)];
    }

    private static Pipeline Share(Pipeline pipeline, int parallel) => pipeline with { Threads = Math.Max(1, (pipeline.Threads + parallel - 1) / parallel) };

    private async Task RunAsync(GroupMember run, Pipeline pipeline, bool keeps, CancellationToken stop)
    {
        _progress.Begin(run);
        try
        {
            run.Summary = await new PipelineRunner(pipeline, run.Progress, log).RunAsync(stop).ConfigureAwait(false);
            if (keeps && run.Summary.Outcome != RunOutcome.Failed)
            {
                await _record.AddAsync(run.Stream, group.Time.GetUtcNow()).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            run.Summary = Failed(pipeline, ErrorClassifier.Explain(e));
        }

        run.State = MemberState.Ended;
    }

    private static RunSummary Failed(Pipeline pipeline, MillraceException error) => new() { Job = pipeline.Job, RunId = "", Outcome = RunOutcome.Failed, Error = error };
}
