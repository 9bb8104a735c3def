using System.Collections.Immutable;
using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>The commits of one job in the snapshots of a table: the summary of each holds the checkpoint, so that rows and progress are one commit.</summary>
internal sealed class JobSnapshots(string job, string branch)
{
    /// <summary>The job's name.</summary>
    public string Name => job;

    /// <summary>The job's newest commit on the branch; null when it has none.</summary>
    public JobMark? Last(TableMetadata table) => All(table).FirstOrDefault();

    /// <summary>The job's commits, the newest first.</summary>
    public IEnumerable<JobMark> All(TableMetadata table)
        => table.AncestorsOf(table.SnapshotOf(branch)?.Id).SelectMany(JobMark.In).Where(m => m.Job == job).DistinctBy(m => m.Origin);

    public ImmutableSortedDictionary<string, string> Summary(Checkpoint checkpoint, string run) => JobMark.Summary(job, checkpoint, run);

    /// <summary>Throws when another run of the job has committed since, or holds a greater token, or the branch was taken back behind the run.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="last">The job's newest commit as the run knows it.</param>
    /// <param name="token">The run's token.</param>
    public void Guard(TableMetadata table, JobMark? last, long token)
    {
        JobMark? newest = Last(table);
        if (newest?.Token > token)
        {
            throw ProgressErrors.Fenced.Error(string.Create(CultureInfo.InvariantCulture, $"The last commit, by {newest.Run}, has token {newest.Token}; this run has {token}."));
        }

        if (newest?.Origin == last?.Origin)
        {
            return;
        }

        if (last is not null && WasTakenBack(table, last))
        {
            throw IcebergErrors.Conflicts(table.Location, $"has been taken back behind the last commit of this run on '{branch}'");
        }

        // Older than what is known: the known one was expired, which changes nothing.
        if (newest is not null && newest.Snapshot.SequenceNumber >= (last?.Snapshot.SequenceNumber ?? 0) && newest.Snapshot.TimestampMs >= (last?.Snapshot.TimestampMs ?? 0))
        {
            throw ProgressErrors.Fenced.Error($"The run {newest.Run} has committed in the meantime.");
        }
    }

    // The line of snapshots is without holes: where it goes further back than a commit and lacks it, the commit is not in it any more.
    private bool WasTakenBack(TableMetadata table, JobMark last)
    {
        bool goesFurther = false;
        foreach (Snapshot snapshot in table.AncestorsOf(table.SnapshotOf(branch)?.Id))
        {
            if (snapshot.Id == last.Snapshot.Id)
            {
                return false;
            }

            goesFurther |= table.FormatVersion > 1 && snapshot.SequenceNumber < last.Snapshot.SequenceNumber;
        }

        return goesFurther || table.SnapshotOf(last.Snapshot.Id) is not null;
    }
}
