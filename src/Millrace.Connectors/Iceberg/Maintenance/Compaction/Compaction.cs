using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Writes small files, and files with deleted rows, anew, in one commit or several. The new rows keep the sequence number of the snapshot
/// that was read, so that deletes by value which others commit meanwhile apply to them; a delete by place which others commit meanwhile
/// concerns a file that is gone, so the commit is refused then and the group is done again.
/// </summary>
internal sealed class Compaction(IcebergTable table, string path, CompactionOptions options)
{
    // Each time others changed the files that were being written anew.
    private const int MaxRounds = 5;

    public async ValueTask<CompactionReport> RunAsync(CancellationToken cancellation)
    {
        if (!options.DryRun)
        {
            table.RequireWritable();
            WritableTable.Require(table.Metadata);
        }

        var report = new CompactionReport();
        for (int round = 1; ; round++)
        {
            if (table.Metadata.SnapshotOf(options.Branch) is not { } snapshot)
            {
                return options.Branch == SnapshotRef.Main ? report : throw MaintenanceErrors.NoReference(table.Metadata, path, options.Branch);
            }

            CompactionReport done = await RoundAsync(snapshot, cancellation).ConfigureAwait(false);
            report = report.Plus(done);
            if (done.GroupsGivenUp == 0 || round == MaxRounds)
            {
                break;
            }

            await table.RefreshAsync(cancellation).ConfigureAwait(false);
        }

        return options.DryRun ? report : report with { DeleteFilesRemoved = report.DeleteFilesRemoved + await DanglingDeletes.RemoveAsync(table, options.Branch, cancellation).ConfigureAwait(false) };
    }

    private async ValueTask<CompactionReport> RoundAsync(Snapshot snapshot, CancellationToken cancellation)
    {
        TableMetadata planned = table.Metadata;
        RowSorting? sorting = RowSorting.Of(options.Sort, planned, path);
        List<ColumnPredicate> predicates = options.Where is { } where ? FilterExpression.Parse(where, planned.Schema, path) : [];
        CompactionPlan plan;
        try
        {
            RequirePartitioned(planned, predicates);
            plan = await CompactionPlan.MakeAsync(table, snapshot, options, predicates, cancellation).ConfigureAwait(false);
        }
        finally
        {
            predicates.ForEach(p => p.Value?.Dispose());
        }

        var report = new CompactionReport { FilesLeft = plan.FilesLeft, Partitions = plan.Groups.Select(g => (g.SpecId, g.Partition)).Distinct().Count() };
        if (options.DryRun)
        {
            return report.Plus(Before(plan.Groups) with { FilesLeft = plan.FilesLeft, Partitions = report.Partitions });
        }

        // Rows that move to another file stay the rows that they were.
        TableMetadata written = LineageColumns.Kept(planned);
        using var scan = new TableScan(table.Files, planned, written.Schema, written.Schema.Fields);
        var rewriter = new GroupRewriter(written, table.Files, scan, sorting, options.TargetBytes ?? CompactionOptions.TargetOf(planned));
        int givenUp = 0;
        foreach (List<RewriteGroup> part in Parts(plan.Groups))
        {
            IReadOnlyList<DataFile> added = await RewriteAsync(rewriter, part, cancellation).ConfigureAwait(false);
            try
            {
                Snapshot made = await table.CommitAsync(ChangeOf(planned, plan.Snapshot, part, added), cancellation).ConfigureAwait(false);
                report = report.Plus(Before(part) with { FilesAfter = added.Count, RowsAfter = added.Sum(f => f.Rows), BytesAfter = added.Sum(f => f.Bytes), DeleteFilesRemoved = SnapshotTotals.Read(made, SnapshotTotals.RemovedVectors) ?? 0, Commits = 1 }) with { FilesLeft = plan.FilesLeft };
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict)
            {
                await table.Files.Store.DeleteAllAsync(added.Select(f => table.Files.NameOf(f.Path)), CancellationToken.None).ConfigureAwait(false);
                givenUp += part.Count;
            }
        }

        return report with { GroupsGivenUp = givenUp };
    }

    // Without a partition a condition would choose files by chance.
    private void RequirePartitioned(TableMetadata planned, List<ColumnPredicate> predicates)
    {
        List<string> partitioned = [.. planned.Specs.SelectMany(s => s.Fields).Where(f => f.Transform.Kind != TransformKind.Void).Select(f => planned.Schema.PathOf(f.SourceId)).Distinct()];
        if (predicates.Find(p => !partitioned.Contains(p.Column)) is { Column: var column })
        {
            throw MaintenanceErrors.NotPartitioned.Error(
                partitioned.Count == 0
                    ? $"The table is not partitioned, so '{column}' tells nothing of its files."
                    : $"The table is not partitioned by '{column}' but by {string.Join(", ", partitioned)}.",
                ErrorPlace.InFile(path));
        }
    }

    private async ValueTask<IReadOnlyList<DataFile>> RewriteAsync(GroupRewriter rewriter, List<RewriteGroup> groups, CancellationToken cancellation)
    {
        var added = new IReadOnlyList<DataFile>[groups.Count];
        try
        {
            await Parallel.ForAsync(0, groups.Count, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Threads), CancellationToken = cancellation }, async (i, stop) =>
            {
                added[i] = await rewriter.RewriteAsync(groups[i], stop).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch
        {
            await table.Files.Store.DeleteAllAsync(added.Where(a => a is not null).SelectMany(a => a).Select(f => table.Files.NameOf(f.Path)), CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return [.. added.SelectMany(a => a)];
    }

    private FileChange ChangeOf(TableMetadata planned, Snapshot based, List<RewriteGroup> groups, IReadOnlyList<DataFile> added)
    {
        HashSet<string> replaced = [.. groups.SelectMany(g => g.Tasks).Select(t => t.File.Path)];
        HashSet<(int, PartitionTuple)> partitions = [.. groups.Select(g => (g.SpecId, g.Partition))];
        bool movesRows = groups.Exists(g => g.SpecId != planned.DefaultSpecId);
        return new FileChange
        {
            Operation = "replace",
            Branch = options.Branch,
            Added = added,
            Removes = f => replaced.Contains(f.Path),
            Needs = replaced,
            BasedOn = based.Id,
            DataSequenceNumber = based.SequenceNumber,
            ConflictsWithEntry = e => e.File.Content switch
            {
                FileContent.Data => false,
                FileContent.PositionDeletes when e.File.ReferencedFile is { } only => replaced.Contains(only),
                FileContent.PositionDeletes => partitions.Contains((e.File.SpecId, e.File.Partition)),

                // A delete by value is for a partition of its own spec, which rows leave that are written by another one.
                _ => movesRows && partitions.Contains((e.File.SpecId, e.File.Partition)),
            },
        };
    }

    private IEnumerable<List<RewriteGroup>> Parts(IReadOnlyList<RewriteGroup> groups)
    {
        var part = new List<RewriteGroup>();
        long bytes = 0;
        foreach (RewriteGroup group in groups)
        {
            part.Add(group);
            bytes += group.Bytes;
            if (bytes >= options.CommitBytes)
            {
                yield return part;
                part = [];
                bytes = 0;
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static CompactionReport Before(IReadOnlyList<RewriteGroup> groups) => new()
    {
        Groups = groups.Count,
        FilesBefore = groups.Sum(g => (long)g.Tasks.Count),
        RowsBefore = groups.Sum(g => g.Tasks.Sum(t => t.File.Rows)),
        BytesBefore = groups.Sum(g => g.Bytes),
    };
}
