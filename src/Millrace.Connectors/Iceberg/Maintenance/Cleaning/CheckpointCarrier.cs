namespace Millrace.Connectors.Iceberg;

/// <summary>Keeps the progress of jobs in reach: a job looks for its last commit in the line of its branch, which ends where a snapshot is gone.</summary>
internal static class CheckpointCarrier
{
    /// <summary>By branch, the last commits of jobs that would be out of reach.</summary>
    public static Dictionary<string, List<JobMark>> Needed(TableMetadata table, Retention retention)
    {
        var needed = new Dictionary<string, List<JobMark>>(StringComparer.Ordinal);
        foreach ((string branch, SnapshotRef reference) in table.Refs.Where(r => r.Value.IsBranch && !retention.References.Contains(r.Key)))
        {
            bool isInReach = true;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var marks = new List<JobMark>();
            foreach (Snapshot snapshot in table.AncestorsOf(reference.SnapshotId))
            {
                isInReach &= !retention.Expired.Contains(snapshot.Id);
                marks.AddRange(JobMark.In(snapshot).Where(m => seen.Add(m.Job) && !isInReach));
            }

            if (marks.Count > 0)
            {
                needed.Add(branch, marks);
            }
        }

        return needed;
    }

    /// <summary>Commits a snapshot without rows that tells the marks anew; refused when one of the jobs has committed since.</summary>
    public static async ValueTask CarryAsync(IcebergTable table, string branch, IReadOnlyList<JobMark> marks, CancellationToken cancellation)
    {
        var change = new FileChange
        {
            Operation = "append",
            Branch = branch,
            Summary = await JobMark.CarryAsync(marks, table.Files, cancellation).ConfigureAwait(false),
            Check = m =>
            {
                foreach (JobMark mark in marks)
                {
                    if (new JobSnapshots(mark.Job, branch).Last(m)?.Origin != mark.Origin)
                    {
                        throw IcebergErrors.Conflicts(table.Files.Location, $"has got a commit of the job '{mark.Job}' in the meantime");
                    }
                }
            },
        };
        await table.CommitAsync(change, cancellation).ConfigureAwait(false);
    }
}
