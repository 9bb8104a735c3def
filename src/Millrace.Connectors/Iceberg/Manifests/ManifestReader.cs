using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads manifests of any version; what an entry leaves to its manifest is filled in (specification, "Sequence Number Inheritance").</summary>
internal static class ManifestReader
{
    /// <summary>Files that are read at once where there are many: a store answers several readers in the time of one.</summary>
    public const int AtOnce = 8;

    /// <summary>The entries, deleted ones among them.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="manifest">The manifest as its list tells of it.</param>
    /// <param name="metadata">The table, for specs and schemas.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async IAsyncEnumerable<ManifestEntry> ReadAsync(
        TableFiles files, ManifestFile manifest, TableMetadata metadata, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long nextRowId = manifest.FirstRowId ?? 0;
        await foreach (RecordBatch batch in AvroFiles.ReadAsync(files, manifest.Path, cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                PartitionSpec spec = SpecOf(manifest, metadata, batch.Schema);
                IReadOnlyList<IcebergPrimitive> types = metadata.TypesOf(spec);
                var entries = new IdColumns(batch.Schema.Fields, batch.Columns, manifest.Path);
                IdColumns file = entries.Struct(ManifestTypes.DataFile, "data_file");
                IdColumns? partition = spec.Fields.Count == 0 ? null : file.Struct(ManifestTypes.Partition, "partition");
                for (int row = 0; row < batch.Length; row++)
                {
                    ManifestEntry entry = Inherit(manifest, ReadEntry(entries, file, partition, spec, types, row));
                    if (manifest.FirstRowId is not null && entry.Status != EntryStatus.Deleted && entry.File.FirstRowId is null)
                    {
                        entry = entry with { File = entry.File with { FirstRowId = nextRowId } };
                        nextRowId += entry.File.Rows;
                    }

                    yield return entry;
                }
            }
        }
    }

    /// <summary>The entries of several manifests, in their order; many are read at once.</summary>
    public static async ValueTask<List<ManifestEntry>> ReadAllAsync(TableFiles files, IReadOnlyList<ManifestFile> manifests, TableMetadata metadata, CancellationToken cancellation)
        => [.. (await ReadEachAsync(files, manifests, metadata, static _ => true, cancellation).ConfigureAwait(false)).SelectMany(r => r)];

    /// <summary>The wanted entries of each of several manifests; many are read at once, and several threads ask which are wanted.</summary>
    public static async ValueTask<IReadOnlyList<List<ManifestEntry>>> ReadEachAsync(
        TableFiles files, IReadOnlyList<ManifestFile> manifests, TableMetadata metadata, Func<ManifestEntry, bool> isWanted, CancellationToken cancellation)
    {
        var read = new List<ManifestEntry>[manifests.Count];
        await Parallel.ForAsync(0, manifests.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, stop) =>
        {
            read[i] = await ReadAsync(files, manifests[i], metadata, stop).Where(isWanted).ToListAsync(stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return read;
    }

    // Snapshots without a list name their manifests only; then the header of the file tells its spec.
    private static PartitionSpec SpecOf(ManifestFile manifest, TableMetadata metadata, Schema header)
    {
        int id = manifest.Length == 0 && int.TryParse(header.Metadata.GetValueOrDefault("partition-spec-id"), CultureInfo.InvariantCulture, out int own) ? own : manifest.SpecId;
        return metadata.SpecOf(id)
            ?? throw IcebergErrors.Manifest(manifest.Path, string.Create(CultureInfo.InvariantCulture, $"is of the partition spec {id}, which the table does not have"));
    }

    private static ManifestEntry ReadEntry(IdColumns entries, IdColumns file, IdColumns? partition, PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types, int row)
    {
        long status = entries.RequireNumber(ManifestTypes.Status, row, "status");
        long content = file.Number(ManifestTypes.Content, row) ?? 0;
        if (status is < 0 or > 2 || content is < 0 or > 2)
        {
            throw entries.Fault(string.Create(CultureInfo.InvariantCulture, $"has an entry of status {status} and content {content}; both are 0 to 2"));
        }

        object?[] values = new object?[spec.Fields.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = partition!.Value(spec.Fields[i].FieldId, types[i], row, isGuess: spec.Fields[i].Transform.Kind == TransformKind.Unknown);
        }

        long rows = file.RequireNumber(ManifestTypes.RecordCount, row, "record_count");
        long bytes = file.RequireNumber(ManifestTypes.FileSize, row, "file_size_in_bytes");
        if (rows < 0 || bytes < 0)
        {
            throw entries.Fault(string.Create(CultureInfo.InvariantCulture, $"has a file of {rows} rows and {bytes} bytes"));
        }

        return new ManifestEntry(
            (EntryStatus)status,
            entries.Number(ManifestTypes.SnapshotId, row),
            entries.Number(ManifestTypes.SequenceNumber, row),
            entries.Number(ManifestTypes.FileSequenceNumber, row),
            new DataFile
            {
                Content = (FileContent)content,
                Path = file.RequireText(ManifestTypes.FilePath, row, "file_path"),
                Format = file.RequireText(ManifestTypes.FileFormat, row, "file_format").ToUpperInvariant(),
                Partition = new PartitionTuple(values),
                SpecId = spec.Id,
                Rows = rows,
                Bytes = bytes,
                Metrics = new FileMetrics
                {
                    ColumnSizes = file.Map<long>(ManifestTypes.ColumnSizes, row),
                    ValueCounts = file.Map<long>(ManifestTypes.ValueCounts, row),
                    NullCounts = file.Map<long>(ManifestTypes.NullCounts, row),
                    NanCounts = file.Map<long>(ManifestTypes.NanCounts, row),
                    LowerBounds = file.Map<byte[]>(ManifestTypes.LowerBounds, row),
                    UpperBounds = file.Map<byte[]>(ManifestTypes.UpperBounds, row),
                },
                SplitOffsets = file.Numbers(ManifestTypes.SplitOffsets, row),
                EqualityIds = file.Ids(ManifestTypes.EqualityIds, row),
                SortOrderId = (int?)file.Number(ManifestTypes.SortOrderId, row),
                ReferencedFile = file.Text(ManifestTypes.ReferencedFile, row),
                ContentOffset = file.Number(ManifestTypes.ContentOffset, row),
                ContentSize = file.Number(ManifestTypes.ContentSize, row),
                KeyMetadata = file.Bytes(ManifestTypes.KeyMetadata, row),
                FirstRowId = file.Number(ManifestTypes.FirstRowId, row),
            });
    }

    private static ManifestEntry Inherit(ManifestFile manifest, ManifestEntry entry)
    {
        // Only what the manifest's own commit added has no number yet. Version 1 has none at all, and counts as 0.
        if (entry.SequenceNumber is null && manifest.SequenceNumber > 0 && entry.Status != EntryStatus.Added)
        {
            throw IcebergErrors.Manifest(manifest.Path, $"has no sequence number for '{entry.File.Path}', which it did not add");
        }

        return entry with
        {
            SnapshotId = entry.SnapshotId ?? manifest.AddedSnapshotId,
            SequenceNumber = entry.SequenceNumber ?? manifest.SequenceNumber,
            FileSequenceNumber = entry.FileSequenceNumber ?? (entry.Status == EntryStatus.Added ? manifest.SequenceNumber : null),
        };
    }
}
