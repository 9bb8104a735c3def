using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Finds the data files of a snapshot that may hold matching rows, with the deletes for them.</summary>
internal sealed class ScanPlanner
{
    private readonly TableFiles _files;
    private readonly TableMetadata _table;
    private readonly Snapshot _snapshot;
    private readonly List<ScanPredicate> _predicates;
    private readonly Dictionary<int, PartitionPruner> _pruners = [];

    /// <param name="files">The table's files.</param>
    /// <param name="table">The table.</param>
    /// <param name="snapshot">What is read of it.</param>
    /// <param name="schema">The schema that it is read with.</param>
    /// <param name="predicates">What rows have to match; the planner leaves out files, not rows.</param>
    public ScanPlanner(TableFiles files, TableMetadata table, Snapshot snapshot, TableSchema schema, IReadOnlyList<ColumnPredicate> predicates)
    {
        _files = files;
        _table = table;
        _snapshot = snapshot;
        _predicates = ScanPredicate.Bind(predicates, schema);
    }

    /// <summary>Whether a data file is of interest beyond what the predicates say.</summary>
    public Func<DataFile, bool> Keeps { get; init; } = static _ => true;

    /// <summary>The files, in the order of their manifests; figures of columns are left out, since nobody needs them any more.</summary>
    public async IAsyncEnumerable<ScanTask> PlanAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<ManifestFile> manifests = await ManifestList.ReadAsync(_files, _snapshot, cancellation).ConfigureAwait(false);
        var deletes = new DeleteIndex();
        foreach (ManifestFile manifest in manifests.Where(m => m.Content == ManifestContent.Deletes && m.HasLive && MayMatch(m)))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(_files, manifest, _table, cancellation).ConfigureAwait(false))
            {
                if (entry.IsLive && PrunerOf(entry.File.SpecId).MayMatch(entry.File.Partition))
                {
                    deletes.Add(entry, _table.SpecOf(entry.File.SpecId)!);
                }
            }
        }

        foreach (ManifestFile manifest in manifests.Where(m => m.Content == ManifestContent.Data && m.HasLive && MayMatch(m)))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(_files, manifest, _table, cancellation).ConfigureAwait(false))
            {
                if (entry.IsLive && PrunerOf(entry.File.SpecId).MayMatch(entry.File.Partition) && MetricsPruner.MayMatch(entry.File, _predicates) && Keeps(entry.File))
                {
                    yield return deletes.TaskOf(entry with { File = entry.File with { Metrics = FileMetrics.None } });
                }
            }
        }
    }

    // The spec of a manifest without a list is known only when it is read.
    private bool MayMatch(ManifestFile manifest) => manifest.Length == 0 || PrunerOf(manifest.SpecId).MayMatch(manifest);

    private PartitionPruner PrunerOf(int specId)
    {
        if (!_pruners.TryGetValue(specId, out PartitionPruner? pruner))
        {
            PartitionSpec spec = _table.SpecOf(specId) ?? new PartitionSpec(specId, []);
            _pruners.Add(specId, pruner = new PartitionPruner(spec, _table.TypesOf(spec), _predicates));
        }

        return pruner;
    }
}
