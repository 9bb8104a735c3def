using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>The commits of a job as the snapshots of its table hold them.</summary>
internal sealed class IcebergCommits(IcebergPlace place, JobSnapshots job, string branch) : ICheckpointLog
{
    private const string Run = "state";

    /// <summary>Rows of an epoch are rows of the table like any other.</summary>
    public bool TakesBackRows => false;

    public async ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation)
        => await place.FindAsync(cancellation).ConfigureAwait(false) is { } table
            ? [.. job.All(table.Metadata).Reverse().Select(s => new CommittedEpoch(
                JobSnapshots.CheckpointOf(s), JobSnapshots.RunOf(s), Number(s, "added-records"), Number(s, "added-files-size"), [string.Create(CultureInfo.InvariantCulture, $"snapshot {s.Id}")]))]
            : [];

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
    {
        IcebergTable table = await place.RequireAsync(cancellation).ConfigureAwait(false);
        Snapshot? last = job.Last(table.Metadata);
        await table.CommitAsync(
            FileChange.Append([]) with { Branch = branch, Summary = job.Summary(next, Run), Check = m => job.Guard(m, last, next.FencingToken) }, cancellation).ConfigureAwait(false);
    }

    private static long Number(Snapshot snapshot, string name)
        => long.TryParse(snapshot.Summary.GetValueOrDefault(name), CultureInfo.InvariantCulture, out long number) ? number : 0;
}
