namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Counts the files and rows of manifests where an old writer did not: later versions require it, and version 3 gives ids to rows by it
/// (specification, "Manifest Lists", "First Row ID Assignment").
/// </summary>
internal static class ManifestCounts
{
    /// <summary>The manifests, in their order, with those counts that lists of the table's version need.</summary>
    public static async ValueTask<List<ManifestFile>> FillAsync(TableFiles files, List<ManifestFile> manifests, TableMetadata table, CancellationToken cancellation)
    {
        if (table.FormatVersion == 1)
        {
            return manifests;
        }

        int[] unknown = [.. Enumerable.Range(0, manifests.Count).Where(i => !IsCounted(manifests[i], table))];
        if (unknown.Length == 0)
        {
            return manifests;
        }

        ManifestFile[] all = [.. manifests];
        await Parallel.ForEachAsync(unknown, new ParallelOptions { MaxDegreeOfParallelism = ManifestReader.AtOnce, CancellationToken = cancellation }, async (i, stop) =>
        {
            all[i] = await CountAsync(files, manifests[i], table, stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return [.. all];
    }

    // No rows beside files is what a list of version 2 says where nobody counted them. The commit's own manifests are counted, and not yet
    // there to be read.
    private static bool IsCounted(ManifestFile manifest, TableMetadata table)
        => manifest.SequenceNumber == ManifestWriter.Unassigned || (manifest is { AddedFiles: not null, ExistingFiles: not null, DeletedFiles: not null, AddedRows: { } added, ExistingRows: { } existing, DeletedRows: not null }
            && (added + existing > 0 || !manifest.HasLive || table.NextRowId is null || manifest.Content != ManifestContent.Data || manifest.FirstRowId is not null));

    private static async ValueTask<ManifestFile> CountAsync(TableFiles files, ManifestFile manifest, TableMetadata table, CancellationToken cancellation)
    {
        int[] of = new int[3];
        long[] rows = new long[3];
        await foreach (ManifestEntry entry in ManifestReader.ReadAsync(files, manifest, table, cancellation).ConfigureAwait(false))
        {
            of[(int)entry.Status]++;
            rows[(int)entry.Status] += entry.File.Rows;
        }

        return manifest with
        {
            AddedFiles = of[(int)EntryStatus.Added],
            ExistingFiles = of[(int)EntryStatus.Existing],
            DeletedFiles = of[(int)EntryStatus.Deleted],
            AddedRows = rows[(int)EntryStatus.Added],
            ExistingRows = rows[(int)EntryStatus.Existing],
            DeletedRows = rows[(int)EntryStatus.Deleted],
        };
    }
}
