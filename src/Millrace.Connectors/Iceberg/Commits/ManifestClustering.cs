namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Manifests as a commit writes them that clusters them: entries in the order of their partitions, in manifests of about one size. What
/// was written for one attempt serves the next as long as the manifests that went into it are still there. One commit uses it.
/// </summary>
/// <param name="targetBytes">Size of a manifest, about.</param>
internal sealed class ManifestClustering(long targetBytes)
{
    private readonly List<ManifestFile> _written = [];

    // A manifest that another commit has given ids for its rows meanwhile is another one.
    private HashSet<(string Path, long? FirstRowId)> _read = [];

    /// <summary>Whether there is anything to gain: as many manifests as their size asks for, of distinct partitions, are left alone.</summary>
    public bool IsWorthwhile(IReadOnlyList<ManifestFile> manifests)
        => manifests.GroupBy(m => (m.Content, m.SpecId)).Any(g => g.Count() > Count(g) || (g.Count() > 1 && g.First().Partitions.Count > 0 && Overlap([.. g])));

    public int Estimate(IReadOnlyList<ManifestFile> manifests) => manifests.GroupBy(m => (m.Content, m.SpecId)).Sum(Count);

    /// <summary>The manifests of the new snapshot: those written anew, and those that came since.</summary>
    /// <param name="manifests">The manifests of the parent.</param>
    /// <param name="read">Gives the entries of manifests.</param>
    /// <param name="write">Writes a manifest of entries.</param>
    public async ValueTask<List<ManifestFile>> ApplyAsync(
        IReadOnlyList<ManifestFile> manifests,
        Func<IReadOnlyList<ManifestFile>, ValueTask<List<ManifestEntry>>> read,
        Func<ManifestFile, IReadOnlyList<ManifestEntry>, ValueTask<ManifestFile>> write)
    {
        if (_read.Count == 0 || !_read.IsSubsetOf(manifests.Select(m => (m.Path, m.FirstRowId))))
        {
            _written.Clear();
            _read = [.. manifests.Select(m => (m.Path, m.FirstRowId))];
            foreach (IGrouping<(ManifestContent, int), ManifestFile> alike in manifests.GroupBy(m => (m.Content, m.SpecId)))
            {
                List<ManifestEntry> entries = [.. (await read([.. alike]).ConfigureAwait(false)).Where(e => e.IsLive).Select(e => e with { Status = EntryStatus.Existing })];
                entries.Sort(static (a, b) => PartitionOrder.Compare(a.File.Partition, b.File.Partition) is not 0 and var order ? order : string.CompareOrdinal(a.File.Path, b.File.Path));
                int size = Math.Max(1, (entries.Count + Count(alike) - 1) / Count(alike));
                foreach (ManifestEntry[] part in entries.Chunk(size))
                {
                    _written.Add(await write(alike.First(), part).ConfigureAwait(false));
                }
            }
        }

        return [.. manifests.Where(m => !_read.Contains((m.Path, m.FirstRowId))), .. _written];
    }

    private int Count(IEnumerable<ManifestFile> manifests) => (int)Math.Max(1, (manifests.Sum(m => m.Length) + targetBytes - 1) / targetBytes);

    // Whether the partitions of manifests run through each other, by their first field.
    private static bool Overlap(List<ManifestFile> manifests)
    {
        List<FieldSummary> ranges = [.. manifests.Select(m => m.Partitions.Count > 0 ? m.Partitions[0] : new FieldSummary(true, null, null, null))];
        for (int i = 0; i < ranges.Count; i++)
        {
            for (int j = i + 1; j < ranges.Count; j++)
            {
                if (ranges[i].Lower is { } lower && ranges[j].Lower is { } other && ranges[i].Upper is { } upper && ranges[j].Upper is { } otherUpper
                    && lower.AsSpan().SequenceEqual(other) && upper.AsSpan().SequenceEqual(otherUpper))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
