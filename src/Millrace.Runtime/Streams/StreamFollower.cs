using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Follows all streams of a group at once, and those that the source gets meanwhile.</summary>
/// <param name="group">The group.</param>
/// <param name="progress">Shows the streams.</param>
/// <param name="run">Runs one of them to its end.</param>
internal sealed class StreamFollower(StreamGroup group, GroupProgress progress, Func<GroupMember, Pipeline, Task> run)
{
    /// <summary>How often the source is asked for streams that are new.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Runs until all have ended.</summary>
    /// <param name="all">The streams, to which those are added that come later.</param>
    /// <param name="shared">What their sources share.</param>
    /// <param name="stop">Asks them to end.</param>
    public async Task RunAsync(List<(GroupMember Run, Pipeline Pipeline)> all, SharedReads shared, CancellationToken stop)
    {
        Task[] running = [.. all.Where(s => s.Run.State == MemberState.Waiting).Select(s => Task.Run(() => run(s.Run, s.Pipeline), CancellationToken.None))];
        while (true)
        {
            Task ended = Task.WhenAll(running);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(ended, Task.Delay(Look, group.Time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            if (ended.IsCompleted || stop.IsCancellationRequested)
            {
                await ended.ConfigureAwait(false);
                return;
            }

            (GroupMember Run, Pipeline Pipeline)[] added = [.. await NewAsync(all, stop).ConfigureAwait(false)];
            progress.Add(added.Select(s => s.Run));
            foreach ((GroupMember stream, Pipeline pipeline) in added)
            {
                all.Add((stream, pipeline));
                shared.Add(stream.Stream);
                running = [.. running, Task.Run(() => run(stream, pipeline), CancellationToken.None)];
            }
        }
    }

    private async Task<IEnumerable<(GroupMember Run, Pipeline Pipeline)>> NewAsync(List<(GroupMember Run, Pipeline Pipeline)> all, CancellationToken stop)
    {
        try
        {
            HashSet<string> known = [.. all.Select(s => s.Run.Stream)];
            return (await group.PipelinesAsync(stop).ConfigureAwait(false)).Where(s => !known.Contains(s.Stream.Name)).Select(s => (new GroupMember(s.Stream.Name), s.Pipeline));
        }
        catch (Exception e) when (e is MillraceException or OperationCanceledException)
        {
            // A source that is away is noticed by those that read it; the next look may find it again.
            return [];
        }
    }
}
