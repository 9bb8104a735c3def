namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The rows that a commit deletes in files of a table of version 3, with those that were deleted before: a data file has one vector at most,
/// so that what earlier commits deleted in it goes into the new one, and an earlier vector is taken out (specification, "Deletion Vectors").
/// </summary>
internal sealed class VectorUpdate
{
    private readonly SortedDictionary<string, DeadRows> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<(int Spec, PartitionTuple Partition)> _partitions = [];
    private readonly HashSet<string> _manifests = new(StringComparer.Ordinal);

    // An attempt that is overtaken begins with the same rows again.
    private VectorUpdate(IReadOnlyList<DeadRows> dead)
    {
        foreach (DeadRows of in dead)
        {
            _rows.Add(of.File.Path, of with { Rows = of.Rows.Copy() });
            _partitions.Add((of.File.SpecId, of.File.Partition));
        }
    }

    /// <summary>All deleted rows of the data files, which are in the order of their paths.</summary>
    public IReadOnlyCollection<DeadRows> Rows => _rows.Values;

    /// <summary>Adds to deleted rows those that manifests of deletes tell of.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="table">The table.</param>
    /// <param name="dead">Rows of data files, each of which is there once.</param>
    /// <param name="manifests">The manifests of the snapshot before.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask<VectorUpdate> OfAsync(
        TableFiles files, TableMetadata table, IReadOnlyList<DeadRows> dead, IEnumerable<ManifestFile> manifests, CancellationToken cancellation)
    {
        var update = new VectorUpdate(dead);
        await update.AddEarlierAsync(files, table, [.. manifests.Where(m => m.Content == ManifestContent.Deletes && m.HasLive)], cancellation).ConfigureAwait(false);
        return update;
    }

    /// <summary>Whether a manifest loses a vector.</summary>
    public bool Touches(ManifestFile manifest) => _manifests.Contains(manifest.Path);

    /// <summary>Whether a file of deletes is a vector that a new one takes the place of.</summary>
    public bool Replaces(DataFile deletes) => deletes is { IsVector: true, ReferencedFile: { } data } && _rows.ContainsKey(data);

    private async ValueTask AddEarlierAsync(TableFiles files, TableMetadata table, ManifestFile[] manifests, CancellationToken cancellation)
    {
        IReadOnlyList<List<ManifestEntry>> entries = await ManifestReader.ReadEachAsync(files, manifests, table, Concerns, cancellation).ConfigureAwait(false);
        var vectors = new Dictionary<string, DataFile>(StringComparer.Ordinal);
        for (int i = 0; i < manifests.Length; i++)
        {
            foreach (DataFile vector in entries[i].Select(e => e.File).Where(f => f.IsVector))
            {
                _manifests.Add(manifests[i].Path);
                if (!vectors.TryAdd(vector.ReferencedFile!, vector))
                {
                    throw IcebergErrors.Manifest(manifests[i].Path, $"has a second deletion vector for '{vector.ReferencedFile}'");
                }
            }
        }

        await VectorDeletes.ReadAllAsync(files, [.. vectors.Select(v => (_rows[v.Key].File, v.Value))], (data, rows) => Mark(_rows[data.Path], rows), cancellation).ConfigureAwait(false);

        // What version 2 left; where there is a vector, it has that already.
        ILookup<(int, PartitionTuple), DataFile> positions = entries.SelectMany(e => e).Select(e => e.File).Where(f => !f.IsVector).ToLookup(f => (f.SpecId, f.Partition));
        var reader = new PositionDeletes(files);
        IEnumerable<DeadRows> plain = positions.Count == 0 ? [] : _rows.Values.Where(r => !vectors.ContainsKey(r.File.Path));
        await Parallel.ForEachAsync(plain, new ParallelOptions { MaxDegreeOfParallelism = ManifestReader.AtOnce, CancellationToken = cancellation }, async (of, stop) =>
        {
            DataFile[] deletes = [.. positions[(of.File.SpecId, of.File.Partition)].Where(f => f.ReferencedFile is not { } only || only == of.File.Path)];
            Mark(of, await reader.OfAsync(of.File, deletes, stop).ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    private bool Concerns(ManifestEntry entry)
        => entry.IsLive && entry.File.Content == FileContent.PositionDeletes
            && (entry.File.IsVector ? Replaces(entry.File) : _partitions.Contains((entry.File.SpecId, entry.File.Partition)));

    // Files of position deletes may name rows that are none.
    private static void Mark(DeadRows of, long[] rows)
    {
        foreach (long row in rows)
        {
            if ((ulong)row < (ulong)of.File.Rows)
            {
                of.Rows.Set(row);
            }
        }
    }
}
