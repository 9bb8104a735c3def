namespace Millrace.Connectors.Iceberg;

/// <summary>Files of deletes that are for no row any more: those by place whose data files are gone, those by value without older rows in their partition.</summary>
internal static class DanglingDeletes
{
    /// <summary>Takes them out of a branch; returns how many there were.</summary>
    public static async ValueTask<long> RemoveAsync(IcebergTable table, string branch, CancellationToken cancellation)
    {
        for (int attempt = 0; ; attempt++)
        {
            if (table.Metadata.SnapshotOf(branch) is not { } snapshot || await FindAsync(table, snapshot, cancellation).ConfigureAwait(false) is not { Count: > 0 } found)
            {
                return 0;
            }

            // Vectors that are needed lie in one file with others.
            HashSet<(string, long?)> places = [.. found.Select(e => (e.File.Path, e.File.ContentOffset))];
            long newest = found.Where(e => e.File.Content == FileContent.EqualityDeletes).Select(e => e.SequenceNumber ?? 0).DefaultIfEmpty(0).Max();
            try
            {
                await table.CommitAsync(new FileChange
                {
                    Operation = "replace",
                    Branch = branch,
                    Removes = f => places.Contains((f.Path, f.ContentOffset)),
                    Needs = found.Select(e => e.File.Path).ToHashSet(StringComparer.Ordinal),
                    BasedOn = snapshot.Id,

                    // Rows that another compaction wrote anew are older than its commit, and a delete may be for them.
                    ConflictsWithEntry = e => e.File.Content == FileContent.Data && e.SequenceNumber < newest,
                }, cancellation).ConfigureAwait(false);
                return places.Count;
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict)
            {
                // The files do no harm; the next compaction finds them again.
                if (attempt == 3)
                {
                    return 0;
                }

                await table.RefreshAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<List<ManifestEntry>> FindAsync(IcebergTable table, Snapshot snapshot, CancellationToken cancellation)
    {
        List<ManifestFile> manifests = await ManifestList.ReadAsync(table.Files, snapshot, cancellation).ConfigureAwait(false);
        if (manifests.All(m => m.Content == ManifestContent.Data || !m.HasLive))
        {
            return [];
        }

        var deletes = new List<ManifestEntry>();
        var data = new HashSet<string>(StringComparer.Ordinal);
        var oldest = new Dictionary<(int, PartitionTuple), long>();
        long oldestOfAll = long.MaxValue;
        foreach (ManifestEntry entry in await ManifestReader.ReadAllAsync(table.Files, manifests, table.Metadata, cancellation).ConfigureAwait(false))
        {
            if (!entry.IsLive)
            {
                continue;
            }

            if (entry.File.Content != FileContent.Data)
            {
                deletes.Add(entry);
                continue;
            }

            long number = entry.SequenceNumber ?? 0;
            var key = (entry.File.SpecId, entry.File.Partition);
            data.Add(table.Files.NameOf(entry.File.Path));
            oldest[key] = Math.Min(number, oldest.GetValueOrDefault(key, long.MaxValue));
            oldestOfAll = Math.Min(number, oldestOfAll);
        }

        var positions = new PositionDeletes(table.Files);
        var dangling = new List<ManifestEntry>();
        foreach (ManifestEntry delete in deletes)
        {
            bool isEverywhere = !table.Metadata.SpecOf(delete.File.SpecId)!.IsPartitioned;
            bool isOf = delete.File.Content == FileContent.EqualityDeletes
                ? (isEverywhere ? oldestOfAll : oldest.GetValueOrDefault((delete.File.SpecId, delete.File.Partition), long.MaxValue)) < delete.SequenceNumber
                : delete.File.ReferencedFile is { } only ? data.Contains(table.Files.NameOf(only)) : (await positions.FilesOfAsync(delete.File, cancellation).ConfigureAwait(false)).Any(data.Contains);
            if (!isOf)
            {
                dangling.Add(delete);
            }
        }

        return dangling;
    }
}
