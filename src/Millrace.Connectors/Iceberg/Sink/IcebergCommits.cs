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
    {
        var epochs = new List<CommittedEpoch>();
        if (await place.FindAsync(cancellation).ConfigureAwait(false) is { } table)
        {
            foreach (JobMark mark in job.All(table.Metadata).Reverse())
            {
                Checkpoint checkpoint = await mark.CheckpointAsync(table.Files, cancellation).ConfigureAwait(false);
                epochs.Add(new CommittedEpoch(
                    checkpoint, mark.Run, Number(mark, "added-records"), Number(mark, "added-files-size"), [string.Create(CultureInfo.InvariantCulture, $"snapshot {mark.Origin}")]));
            }
        }

        return epochs;
    }

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
    {
        IcebergTable table = await place.RequireAsync(cancellation).ConfigureAwait(false);
        JobMark? last = job.Last(table.Metadata);
        await table.CommitAsync(
            FileChange.Append([]) with { Branch = branch, Summary = job.Summary(next, Run), Check = m => job.Guard(m, last, next.FencingToken) }, cancellation).ConfigureAwait(false);
    }

    // What a commit wrote is told by its own snapshot only.
    private static long Number(JobMark mark, string name)
        => mark.Snapshot.Id == mark.Origin && long.TryParse(mark.Snapshot.Summary.GetValueOrDefault(name), CultureInfo.InvariantCulture, out long number) ? number : 0;
}
