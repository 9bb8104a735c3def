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

    /// <summary>
    /// Throws when the job has a commit that the run knows nothing of, and so would write once more what it holds: of another run, or one that
    /// a store which lists late has not shown when the run began. Another attempt goes on from it.
    /// </summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="known">The commit that the run goes on from; null for none.</param>
    /// <param name="path">What the user calls the table.</param>
    public void RequireKnown(TableMetadata table, JobMark? known, string path)
    {
        JobMark? newest = Last(table);
        if (newest is not null && newest.Origin != known?.Origin && IsAfter(newest, known))
        {
            throw IcebergErrors.Conflicts(path, $"has a commit of this job, by {newest.Run}, that was not to be seen when the run began");
        }
    }

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
        if (newest is not null && IsAfter(newest, last))
        {
            throw ProgressErrors.Fenced.Error($"The run {newest.Run} has committed in the meantime.");
        }
    }

    private static bool IsAfter(JobMark mark, JobMark? other)
        => mark.Snapshot.SequenceNumber >= (other?.Snapshot.SequenceNumber ?? 0) && mark.Snapshot.TimestampMs >= (other?.Snapshot.TimestampMs ?? 0);

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
