using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes manifests of versions 1 to 3 (specification, "Manifests").</summary>
internal static class ManifestWriter
{
    private const int BatchRows = 512;

    // What readers of version 1 expect and nobody uses.
    private const long BlockSize = 64 << 20;

    /// <summary>Writes the entries, which are of one spec and one content, and tells of the manifest as its list will.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="path">Path of the new manifest.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="spec">The spec of the files.</param>
    /// <param name="content">Data or deletes.</param>
    /// <param name="snapshotId">The snapshot that the manifest is written for.</param>
    /// <param name="entries">Entries. Those of status added have no sequence numbers, which they inherit.</param>
    /// <param name="publisher">Publishes the manifest.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<ManifestFile> WriteAsync(
        TableFiles files,
        string path,
        TableMetadata metadata,
        PartitionSpec spec,
        ManifestContent content,
        long snapshotId,
        IReadOnlyList<ManifestEntry> entries,
        Publisher<string> publisher,
        CancellationToken cancellation)
    {
        IReadOnlyList<IcebergPrimitive> types = metadata.TypesOf(spec);
        var summary = new PartitionSummary(spec, types);
        var properties = new Dictionary<string, string>
        {
            ["schema"] = SchemaJson.ToText(metadata.Schema),
            ["schema-id"] = metadata.CurrentSchemaId.ToString(CultureInfo.InvariantCulture),
            ["partition-spec"] = SpecJson.FieldsToText(spec),
            ["partition-spec-id"] = spec.Id.ToString(CultureInfo.InvariantCulture),
            ["format-version"] = metadata.FormatVersion.ToString(CultureInfo.InvariantCulture),
        };
        if (metadata.FormatVersion > 1)
        {
            properties["content"] = content == ManifestContent.Data ? "data" : "deletes";
        }

        IcebergStruct record = ManifestTypes.Entry(metadata.FormatVersion, ManifestTypes.PartitionOf(spec, types));
        long length = await AvroFiles.WriteAsync(files, path, record, "manifest_entry", properties, async (builders, flush) =>
        {
            foreach (ManifestEntry entry in entries)
            {
                RequireTypes(spec, types, entry.File.Partition);
                Append(builders, spec, entry);
                summary.Add(entry.File.Partition);
                if (builders.Rows == BatchRows)
                {
                    await flush().ConfigureAwait(false);
                }
            }
        }, publisher, cancellation).ConfigureAwait(false);

        List<ManifestEntry> added = [.. entries.Where(e => e.Status == EntryStatus.Added)];
        List<ManifestEntry> existing = [.. entries.Where(e => e.Status == EntryStatus.Existing)];
        List<ManifestEntry> deleted = [.. entries.Where(e => e.Status == EntryStatus.Deleted)];
        return new ManifestFile
        {
            Path = path,
            Length = length,
            SpecId = spec.Id,
            Content = content,
            AddedSnapshotId = snapshotId,
            AddedFiles = added.Count,
            ExistingFiles = existing.Count,
            DeletedFiles = deleted.Count,
            AddedRows = added.Sum(e => e.File.Rows),
            ExistingRows = existing.Sum(e => e.File.Rows),
            DeletedRows = deleted.Sum(e => e.File.Rows),
            Partitions = summary.Fields(),

            // Both are of the commit, which is not decided: the list fills them in.
            SequenceNumber = Unassigned,
            MinSequenceNumber = existing.Concat(added.Where(e => e.SequenceNumber is not null)).Select(e => e.SequenceNumber ?? 0).DefaultIfEmpty(Unassigned).Min(),
        };
    }

    /// <summary>The number of a manifest that is in no snapshot yet.</summary>
    public const long Unassigned = -1;

    // Of an unknown transform the type is a guess, and a wrong one would damage the manifest.
    private static void RequireTypes(PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types, PartitionTuple partition)
    {
        for (int i = 0; i < types.Count; i++)
        {
            if (spec.Fields[i].Transform.Kind == TransformKind.Unknown && partition[i] is { } value && !SingleValue.IsOf(types[i], value))
            {
                throw IcebergErrors.Unsupported($"The table has files whose partition is the transform {spec.Fields[i].Transform}, and they would have to be written into another manifest");
            }
        }
    }

    private static void Append(IdBuilders builders, PartitionSpec spec, ManifestEntry entry)
    {
        DataFile file = entry.File;
        builders.Append(ManifestTypes.Status, (int)entry.Status);
        builders.Append(ManifestTypes.SnapshotId, entry.SnapshotId);
        builders.Append(ManifestTypes.SequenceNumber, entry.SequenceNumber);
        builders.Append(ManifestTypes.FileSequenceNumber, entry.FileSequenceNumber);

        builders.Append(ManifestTypes.Content, (int)file.Content);
        builders.Append(ManifestTypes.FilePath, file.Path);
        builders.Append(ManifestTypes.FileFormat, file.Format);
        for (int i = 0; i < spec.Fields.Count; i++)
        {
            builders.Append(spec.Fields[i].FieldId, file.Partition[i]);
        }

        builders.Get<StructBuilder>(ManifestTypes.Partition).AppendRow();
        builders.Append(ManifestTypes.RecordCount, file.Rows);
        builders.Append(ManifestTypes.FileSize, file.Bytes);
        builders.Append(ManifestTypes.BlockSize, BlockSize);
        builders.AppendMap(ManifestTypes.ColumnSizes, file.Metrics.ColumnSizes);
        builders.AppendMap(ManifestTypes.ValueCounts, file.Metrics.ValueCounts);
        builders.AppendMap(ManifestTypes.NullCounts, file.Metrics.NullCounts);
        builders.AppendMap(ManifestTypes.NanCounts, file.Metrics.NanCounts);
        builders.AppendMap(ManifestTypes.LowerBounds, file.Metrics.LowerBounds);
        builders.AppendMap(ManifestTypes.UpperBounds, file.Metrics.UpperBounds);
        builders.Append(ManifestTypes.KeyMetadata, file.KeyMetadata);
        builders.AppendList(ManifestTypes.SplitOffsets, file.SplitOffsets);
        builders.AppendList(ManifestTypes.EqualityIds, file.EqualityIds);
        builders.Append(ManifestTypes.SortOrderId, file.SortOrderId);
        builders.Append(ManifestTypes.ReferencedFile, file.ReferencedFile);
        builders.Append(ManifestTypes.FirstRowId, file.FirstRowId);
        builders.Append(ManifestTypes.ContentOffset, file.ContentOffset);
        builders.Append(ManifestTypes.ContentSize, file.ContentSize);
        builders.Get<StructBuilder>(ManifestTypes.DataFile).AppendRow();
    }
}
