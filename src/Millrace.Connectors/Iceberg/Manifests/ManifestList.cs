using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>The manifests of a snapshot, in and out (specification, "Manifest Lists").</summary>
internal static class ManifestList
{
    // A snapshot of more manifests is beyond what can be planned.
    private const int MaxManifests = 1 << 20;

    /// <summary>The manifests of a snapshot; those of old tables are told from their files' headers alone.</summary>
    public static async ValueTask<List<ManifestFile>> ReadAsync(TableFiles files, Snapshot snapshot, CancellationToken cancellation)
    {
        if (snapshot.ManifestList is not { } path)
        {
            return [.. snapshot.Manifests.Select(m => new ManifestFile { Path = m, Length = 0, SpecId = 0, AddedSnapshotId = snapshot.Id })];
        }

        var manifests = new List<ManifestFile>();
        await foreach (RecordBatch batch in AvroFiles.ReadAsync(files, path, cancellation).ConfigureAwait(false))
        {
            using (batch)
            {
                var columns = new IdColumns(batch.Schema.Fields, batch.Columns, path);
                for (int row = 0; row < batch.Length; row++)
                {
                    manifests.Add(Read(columns, row));
                }
            }

            if (manifests.Count > MaxManifests)
            {
                throw IcebergErrors.Limit(path, $"A snapshot has more than the {MaxManifests} manifests allowed");
            }
        }

        return manifests;
    }

    /// <summary>
    /// Writes the list of a new snapshot and begins to publish it. Manifests that are in no snapshot yet get its sequence number, and those of
    /// data that have no ids for their rows get some (version 3, "First Row ID Assignment"). Returns how many ids were given. All counts are
    /// known from version 2 on; see <see cref="ManifestCounts"/>.
    /// </summary>
    public static async ValueTask<long> WriteAsync(
        TableFiles files,
        string path,
        int formatVersion,
        long snapshotId,
        long? parentId,
        long sequenceNumber,
        long? nextRowId,
        IReadOnlyList<ManifestFile> manifests,
        Publisher<string> publisher,
        CancellationToken cancellation)
    {
        long given = 0;
        var properties = new Dictionary<string, string>
        {
            ["snapshot-id"] = snapshotId.ToString(CultureInfo.InvariantCulture),
            ["parent-snapshot-id"] = parentId?.ToString(CultureInfo.InvariantCulture) ?? "null",
            ["format-version"] = formatVersion.ToString(CultureInfo.InvariantCulture),
        };
        if (formatVersion > 2)
        {
            properties["first-row-id"] = nextRowId?.ToString(CultureInfo.InvariantCulture) ?? "null";
        }

        if (formatVersion > 1)
        {
            properties["sequence-number"] = sequenceNumber.ToString(CultureInfo.InvariantCulture);
        }

        await AvroFiles.WriteAsync(files, path, ManifestTypes.Manifest(formatVersion), "manifest_file", properties, (builders, _) =>
        {
            foreach (ManifestFile manifest in manifests)
            {
                if (nextRowId is { } next && manifest is { Content: ManifestContent.Data, FirstRowId: null })
                {
                    Append(builders, manifest with { FirstRowId = next + given }, sequenceNumber);

                    // An unknown count would give the ids of these rows to others.
                    given += manifest.AddedRows + manifest.ExistingRows ?? throw IcebergErrors.Manifest(manifest.Path, "has rows without a count");
                }
                else
                {
                    Append(builders, manifest, sequenceNumber);
                }
            }

            return ValueTask.CompletedTask;
        }, publisher, cancellation).ConfigureAwait(false);
        return given;
    }

    private static ManifestFile Read(IdColumns columns, int row)
    {
        long content = columns.Number(ManifestTypes.ManifestContent, row) ?? 0;
        if (content is not (0 or 1))
        {
            throw columns.Fault(string.Create(CultureInfo.InvariantCulture, $"has content {content}; expected 0 or 1"));
        }

        return new ManifestFile
        {
            Path = columns.RequireText(ManifestTypes.ManifestPath, row, "manifest_path"),
            Length = columns.RequireNumber(ManifestTypes.ManifestLength, row, "manifest_length"),
            SpecId = columns.Count(ManifestTypes.SpecId, row) ?? throw columns.Fault("lacks 'partition_spec_id'"),
            Content = (ManifestContent)content,
            SequenceNumber = columns.Number(ManifestTypes.ManifestSequenceNumber, row) ?? 0,
            MinSequenceNumber = columns.Number(ManifestTypes.MinSequenceNumber, row) ?? 0,
            AddedSnapshotId = columns.Number(ManifestTypes.AddedSnapshotId, row) ?? 0,
            AddedFiles = columns.Count(ManifestTypes.AddedFiles, row),
            ExistingFiles = columns.Count(ManifestTypes.ExistingFiles, row),
            DeletedFiles = columns.Count(ManifestTypes.DeletedFiles, row),
            AddedRows = columns.Number(ManifestTypes.AddedRows, row),
            ExistingRows = columns.Number(ManifestTypes.ExistingRows, row),
            DeletedRows = columns.Number(ManifestTypes.DeletedRows, row),
            Partitions = ReadSummaries(columns, row),
            KeyMetadata = columns.Bytes(ManifestTypes.ManifestKeyMetadata, row),
            FirstRowId = columns.Number(ManifestTypes.ManifestFirstRowId, row),
        };
    }

    private static List<FieldSummary> ReadSummaries(IdColumns columns, int row)
    {
        if (columns.Find(ManifestTypes.Partitions) is not { } column || column.IsNull(row))
        {
            return [];
        }

        if (column is not ListColumn { Items: StructColumn items } list)
        {
            throw columns.Fault($"has {column.Type} where partition summaries are expected");
        }

        var fields = new IdColumns(items.Type.Children, items.Fields, "");
        var summaries = new List<FieldSummary>();
        for (int i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
        {
            summaries.Add(new FieldSummary(
                fields.Bool(ManifestTypes.HasNull, i) ?? true,
                fields.Bool(ManifestTypes.HasNan, i),
                fields.Bytes(ManifestTypes.Lower, i),
                fields.Bytes(ManifestTypes.Upper, i)));
        }

        return summaries;
    }

    private static void Append(IdBuilders builders, ManifestFile manifest, long sequenceNumber)
    {
        builders.Append(ManifestTypes.ManifestPath, manifest.Path);
        builders.Append(ManifestTypes.ManifestLength, manifest.Length);
        builders.Append(ManifestTypes.SpecId, manifest.SpecId);
        builders.Append(ManifestTypes.ManifestContent, (int)manifest.Content);
        builders.Append(ManifestTypes.ManifestSequenceNumber, manifest.SequenceNumber == ManifestWriter.Unassigned ? sequenceNumber : manifest.SequenceNumber);
        builders.Append(ManifestTypes.MinSequenceNumber, manifest.MinSequenceNumber == ManifestWriter.Unassigned ? sequenceNumber : manifest.MinSequenceNumber);
        builders.Append(ManifestTypes.AddedSnapshotId, manifest.AddedSnapshotId);
        builders.Append(ManifestTypes.AddedFiles, manifest.AddedFiles);
        builders.Append(ManifestTypes.ExistingFiles, manifest.ExistingFiles);
        builders.Append(ManifestTypes.DeletedFiles, manifest.DeletedFiles);
        builders.Append(ManifestTypes.AddedRows, manifest.AddedRows);
        builders.Append(ManifestTypes.ExistingRows, manifest.ExistingRows);
        builders.Append(ManifestTypes.DeletedRows, manifest.DeletedRows);
        var partitions = builders.Get<ListBuilder>(ManifestTypes.Partitions);
        foreach (FieldSummary summary in manifest.Partitions)
        {
            builders.Append(ManifestTypes.HasNull, summary.HasNull);
            builders.Append(ManifestTypes.HasNan, summary.HasNan);
            builders.Append(ManifestTypes.Lower, summary.Lower);
            builders.Append(ManifestTypes.Upper, summary.Upper);
            ((StructBuilder)partitions.Items).AppendRow();
        }

        partitions.AppendRow();
        builders.Append(ManifestTypes.ManifestKeyMetadata, manifest.KeyMetadata);
        builders.Append(ManifestTypes.ManifestFirstRowId, manifest.FirstRowId);
    }
}
