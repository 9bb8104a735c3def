using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>The files that metadata names, by their names in the store: however their paths are spelled, one file is one name. One thread uses it.</summary>
internal sealed class NamedFiles(TableFiles files)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManifestFile> _manifests = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    /// <summary>The manifests of the snapshots, each once.</summary>
    public IReadOnlyCollection<ManifestFile> Manifests => _manifests.Values;

    /// <summary>
    /// Whether a file of the table's folder is named. A path that does not lead into the folder may be another spelling of one that does,
    /// so a file counts as named if it only has the name of such a one.
    /// </summary>
    public bool Contains(string name) => _names.Contains(name) || (_elsewhere.Count > 0 && _elsewhere.Contains(LastPart(name)));

    public void Add(string path)
    {
        if (files.FindName(path) is { } name)
        {
            _names.Add(name);
        }
        else
        {
            _elsewhere.Add(LastPart(path));
        }
    }

    /// <summary>Adds the lists and manifests of snapshots, and what stands beside them; not the files in the manifests.</summary>
    public async ValueTask AddSnapshotsAsync(TableMetadata table, IReadOnlyList<Snapshot> snapshots, CancellationToken cancellation)
    {
        var lists = new List<ManifestFile>[snapshots.Count];
        await Parallel.ForAsync(0, lists.Length, new ParallelOptions { MaxDegreeOfParallelism = ManifestReader.AtOnce, CancellationToken = cancellation }, async (i, stop) =>
        {
            lists[i] = await ManifestList.ReadAsync(files, snapshots[i], stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
        foreach (ManifestFile manifest in lists.SelectMany(l => l))
        {
            _manifests.TryAdd(manifest.Path, manifest);
            Add(manifest.Path);
        }

        foreach (string path in snapshots.Select(s => s.ManifestList).OfType<string>().Concat(snapshots.SelectMany(LargeSummary.FilesOf)).Concat(StatisticsOf(table, snapshots)))
        {
            Add(path);
        }
    }

    /// <summary>Adds the live files in the manifests that were added.</summary>
    public async ValueTask AddContentsAsync(TableMetadata table, CancellationToken cancellation)
    {
        foreach (ManifestFile[] part in _manifests.Values.Where(m => m.HasLive).Chunk(64))
        {
            foreach (ManifestEntry entry in await ManifestReader.ReadAllAsync(files, part, table, cancellation).ConfigureAwait(false))
            {
                if (entry.IsLive)
                {
                    Add(entry.File.Path);
                }
            }
        }
    }

    /// <summary>Paths of the statistics of snapshots.</summary>
    public static IEnumerable<string> StatisticsOf(TableMetadata table, IReadOnlyList<Snapshot> snapshots)
    {
        HashSet<long> ids = [.. snapshots.Select(s => s.Id)];
        return table.Statistics.Concat(table.PartitionStatistics).Where(s => ids.Contains(s.SnapshotId)).Select(PathOf).OfType<string>();
    }

    // The path stands under the same name in both kinds of statistics.
    private static string? PathOf(StatisticsEntry entry)
    {
        using var json = JsonDocument.Parse(entry.Json);
        return json.RootElement.TryGetProperty("statistics-path", out JsonElement path) && path.ValueKind == JsonValueKind.String ? path.GetString() : null;
    }

    private static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];
}
