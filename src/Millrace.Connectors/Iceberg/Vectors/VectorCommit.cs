namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Turns the position deletes of a commit into deletion vectors, as tables of version 3 demand: a data file has one vector at most, so that
/// what earlier commits deleted in it goes into the new one, and an earlier vector is taken out (specification, "Deletion Vectors").
/// </summary>
internal sealed class VectorCommit(TableFiles files, TableMetadata table)
{
    private readonly SortedDictionary<string, (DataFile File, List<long> Rows)> _deleted = new(StringComparer.Ordinal);
    private readonly HashSet<(int Spec, PartitionTuple Partition)> _partitions = [];

    /// <summary>The change with vectors instead; the same change where it deletes nothing by position.</summary>
    /// <param name="change">The change.</param>
    /// <param name="parent">The snapshot that it goes on from.</param>
    /// <param name="path">Path of the Puffin file, which is written if there is a need.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask<FileChange> ConvertAsync(FileChange change, Snapshot? parent, string path, CancellationToken cancellation)
    {
        DataFile[] positions = [.. change.AddedDeletes.Where(f => f.Content == FileContent.PositionDeletes && !f.IsVector)];
        if (positions.Length == 0)
        {
            return change;
        }

        var reader = new PositionDeletes(files);
        foreach (DataFile file in positions)
        {
            _partitions.Add((file.SpecId, file.Partition));
            foreach ((string data, IReadOnlyList<long> rows) in await reader.AllAsync(file, cancellation).ConfigureAwait(false))
            {
                if (!_deleted.TryGetValue(data, out (DataFile File, List<long> Rows) found))
                {
                    _deleted.Add(data, found = (new DataFile { Path = data, SpecId = file.SpecId, Partition = file.Partition, Rows = long.MaxValue, Bytes = 0 }, []));
                }

                found.Rows.AddRange(rows);
            }
        }

        await AddEarlierAsync(reader, parent, cancellation).ConfigureAwait(false);
        List<DataFile> vectors = await PuffinWriter.WriteAsync(
            files, path, [.. _deleted.Values.Select(d => (d.File, d.Rows.Distinct().Order().ToArray()))], cancellation).ConfigureAwait(false);
        HashSet<string> replaced = [.. _deleted.Keys];
        return change with
        {
            AddedDeletes = [.. change.AddedDeletes.Except(positions), .. vectors],
            Removes = file => change.Removes?.Invoke(file) == true || (file.IsVector && file.ReferencedFile is { } data && replaced.Contains(data)),
        };
    }

    private async ValueTask AddEarlierAsync(PositionDeletes reader, Snapshot? parent, CancellationToken cancellation)
    {
        foreach (ManifestFile manifest in parent is null ? [] : await ManifestList.ReadAsync(files, parent, cancellation).ConfigureAwait(false))
        {
            if (manifest.Content != ManifestContent.Deletes || !manifest.HasLive)
            {
                continue;
            }

            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(files, manifest, table, cancellation).ConfigureAwait(false))
            {
                if (entry.IsLive && entry.File.Content == FileContent.PositionDeletes && _partitions.Contains((entry.File.SpecId, entry.File.Partition)))
                {
                    await AddAsync(reader, entry.File, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask AddAsync(PositionDeletes reader, DataFile deletes, CancellationToken cancellation)
    {
        if (deletes.IsVector)
        {
            if (deletes.ReferencedFile is { } data && _deleted.TryGetValue(data, out (DataFile File, List<long> Rows) found))
            {
                found.Rows.AddRange(await VectorDeletes.OfAsync(files, found.File, deletes, cancellation).ConfigureAwait(false));
            }

            return;
        }

        foreach ((string data, IReadOnlyList<long> rows) in await reader.AllAsync(deletes, cancellation).ConfigureAwait(false))
        {
            if (_deleted.TryGetValue(data, out (DataFile File, List<long> Rows) found))
            {
                found.Rows.AddRange(rows);
            }
        }
    }
}
