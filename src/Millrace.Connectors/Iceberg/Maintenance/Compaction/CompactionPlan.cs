using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Data files of one partition that become new ones together.</summary>
/// <param name="Tasks">The files with the deletes for them, the oldest first.</param>
internal sealed record RewriteGroup(IReadOnlyList<ScanTask> Tasks)
{
    public int SpecId => Tasks[0].File.SpecId;

    public PartitionTuple Partition => Tasks[0].File.Partition;

    public long Bytes => Tasks.Sum(t => t.File.Bytes);
}

/// <summary>
/// What a compaction writes anew: files well below the target size, packed until they make one of it, and files with deleted rows.
/// </summary>
/// <param name="Snapshot">What the plan was made from.</param>
/// <param name="Groups">The groups, partition by partition.</param>
/// <param name="FilesLeft">Data files that stay.</param>
internal sealed record CompactionPlan(Snapshot Snapshot, IReadOnlyList<RewriteGroup> Groups, long FilesLeft)
{
    public static async ValueTask<CompactionPlan> MakeAsync(
        IcebergTable table, Snapshot snapshot, CompactionOptions options, IReadOnlyList<ColumnPredicate> predicates, CancellationToken cancellation)
    {
        long target = options.TargetBytes ?? CompactionOptions.TargetOf(table.Metadata);
        var partitions = new Dictionary<(int Spec, PartitionTuple Partition), List<ScanTask>>();
        long left = 0;
        await foreach (ScanTask task in new ScanPlanner(table.Files, table.Metadata, snapshot, table.Metadata.Schema, predicates).PlanAsync(cancellation).ConfigureAwait(false))
        {
            if (!options.All && !task.HasDeletes && !CompactionOptions.IsSmall(task.File.Bytes, target))
            {
                left++;
                continue;
            }

            var key = (task.File.SpecId, task.File.Partition);
            if (!partitions.TryGetValue(key, out List<ScanTask>? tasks))
            {
                partitions.Add(key, tasks = []);
            }

            tasks.Add(task);
        }

        var groups = new List<RewriteGroup>();
        foreach (List<ScanTask> tasks in partitions.Values)
        {
            // The newest manifests come first; rows that came first shall stand first.
            tasks.Reverse();
            foreach (RewriteGroup group in Pack(tasks, target))
            {
                if (options.All || group.Tasks.Count >= options.MinFiles || group.Tasks.Any(t => t.HasDeletes))
                {
                    groups.Add(group);
                }
                else
                {
                    left += group.Tasks.Count;
                }
            }
        }

        return new CompactionPlan(snapshot, groups, left);
    }

    private static IEnumerable<RewriteGroup> Pack(List<ScanTask> tasks, long target)
    {
        var group = new List<ScanTask>();
        long bytes = 0;
        foreach (ScanTask task in tasks)
        {
            if (group.Count > 0 && bytes + task.File.Bytes > target)
            {
                yield return new RewriteGroup(group);
                group = [];
                bytes = 0;
            }

            group.Add(task);
            bytes += task.File.Bytes;
        }

        if (group.Count > 0)
        {
            yield return new RewriteGroup(group);
        }
    }
}
