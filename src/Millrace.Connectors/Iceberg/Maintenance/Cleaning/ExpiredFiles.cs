namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Removes the files of snapshots that are forgotten: those that no snapshot names which is left. Data first and lists last, so that what
/// a death leaves is still found from the top by whoever looks.
/// </summary>
/// <param name="files">The table's files.</param>
/// <param name="before">The table with the snapshots.</param>
/// <param name="after">The table without them.</param>
internal sealed class ExpiredFiles(TableFiles files, TableMetadata before, TableMetadata after)
{
    public async ValueTask<RemovedFiles> RemoveAsync(IReadOnlyList<Snapshot> expired, bool dryRun, CancellationToken cancellation)
    {
        var named = new NamedFiles(files);
        await named.AddSnapshotsAsync(after, after.Snapshots, cancellation).ConfigureAwait(false);
        var gone = new NamedFiles(files);
        await gone.AddSnapshotsAsync(before, expired, cancellation).ConfigureAwait(false);
        List<ManifestFile> manifests = [.. gone.Manifests.Where(m => files.FindName(m.Path) is { } name && !named.Contains(name))];

        // Whatever an entry says became of a file: it was there for one of the snapshots that are gone.
        var contents = new Dictionary<string, DataFile>(StringComparer.Ordinal);
        foreach (ManifestEntry entry in await ManifestReader.ReadAllAsync(files, manifests, before, cancellation).ConfigureAwait(false))
        {
            if (files.FindName(entry.File.Path) is { } name)
            {
                contents.TryAdd(name, entry.File);
            }
        }

        if (contents.Count > 0)
        {
            await named.AddContentsAsync(after, cancellation).ConfigureAwait(false);
        }

        List<KeyValuePair<string, DataFile>> data = [.. contents.Where(c => !named.Contains(c.Key))];
        List<string> lists = [.. Names(expired.Select(s => s.ManifestList).OfType<string>(), named)];
        List<string> others = [.. Names(expired.SelectMany(LargeSummary.FilesOf).Concat(NamedFiles.StatisticsOf(before, expired)), named)];
        if (!dryRun)
        {
            foreach (IEnumerable<string> names in new[] { data.Select(d => d.Key), manifests.Select(m => files.NameOf(m.Path)), others, lists })
            {
                await files.Store.DeleteAllAsync(names, cancellation).ConfigureAwait(false);
            }
        }

        return new RemovedFiles
        {
            DataFiles = data.LongCount(d => d.Value.Content == FileContent.Data),
            DeleteFiles = data.LongCount(d => d.Value.Content != FileContent.Data),
            Manifests = manifests.Count,
            Lists = lists.Count,
            Others = others.Count,
            Bytes = data.Sum(d => d.Value.Bytes) + manifests.Sum(m => m.Length),
        };
    }

    private IEnumerable<string> Names(IEnumerable<string> paths, NamedFiles named) => paths.Select(files.FindName).OfType<string>().Distinct().Where(n => !named.Contains(n));
}
