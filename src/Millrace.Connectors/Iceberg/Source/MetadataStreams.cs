using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>What the metadata of a table tells, as rows: streams whose names begin with <c>$</c>.</summary>
internal static class MetadataStreams
{
    private static readonly DataType Instant = DataType.Timestamp(TimeUnit.Millisecond, "UTC");
    private static readonly DataType Texts = DataType.Map(DataType.Utf8, DataType.Utf8);

    private static readonly Dictionary<string, Schema> Schemas = new(StringComparer.Ordinal)
    {
        ["$snapshots"] = new(
            new Field("committed_at", Instant), new Field("snapshot_id", DataType.Int64), new Field("parent_id", DataType.Int64),
            new Field("operation", DataType.Utf8), new Field("manifest_list", DataType.Utf8), new Field("summary", Texts)),
        ["$history"] = new(
            new Field("made_current_at", Instant), new Field("snapshot_id", DataType.Int64), new Field("parent_id", DataType.Int64), new Field("is_current_ancestor", DataType.Boolean)),
        ["$refs"] = new(
            new Field("name", DataType.Utf8), new Field("type", DataType.Utf8), new Field("snapshot_id", DataType.Int64), new Field("max_reference_age_in_ms", DataType.Int64),
            new Field("min_snapshots_to_keep", DataType.Int32), new Field("max_snapshot_age_in_ms", DataType.Int64)),
        ["$manifests"] = new(
            new Field("content", DataType.Int32), new Field("path", DataType.Utf8), new Field("length", DataType.Int64), new Field("partition_spec_id", DataType.Int32),
            new Field("sequence_number", DataType.Int64), new Field("added_snapshot_id", DataType.Int64), new Field("added_files_count", DataType.Int32),
            new Field("existing_files_count", DataType.Int32), new Field("deleted_files_count", DataType.Int32), new Field("added_rows_count", DataType.Int64)),
        ["$files"] = new(
            new Field("content", DataType.Int32), new Field("file_path", DataType.Utf8), new Field("file_format", DataType.Utf8), new Field("spec_id", DataType.Int32),
            new Field("partition", DataType.Utf8), new Field("record_count", DataType.Int64), new Field("file_size_in_bytes", DataType.Int64), new Field("sequence_number", DataType.Int64)),
        ["$partitions"] = new(
            new Field("spec_id", DataType.Int32), new Field("partition", DataType.Utf8), new Field("record_count", DataType.Int64), new Field("file_count", DataType.Int64),
            new Field("total_data_file_size_in_bytes", DataType.Int64), new Field("delete_file_count", DataType.Int64)),
    };

    public static IReadOnlyCollection<string> Names => Schemas.Keys;

    public static Schema SchemaOf(string name) => Schemas[name];

    /// <summary>The rows of a stream; the caller owns the batch.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="table">The table.</param>
    /// <param name="snapshot">The snapshot that files and manifests are told of.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask<RecordBatch> ReadAsync(string name, IcebergTable table, Snapshot? snapshot, CancellationToken cancellation)
    {
        using var rows = new RowBuilder(Schemas[name]);
        switch (name)
        {
            case "$snapshots":
                foreach (Snapshot s in table.Metadata.Snapshots)
                {
                    rows.Add(s.TimestampMs, s.Id, s.ParentId, s.Operation, s.ManifestList, s.Summary);
                }

                break;
            case "$history":
                var ancestors = table.Metadata.AncestorsOf(table.Metadata.CurrentSnapshotId).Select(s => s.Id).ToHashSet();
                foreach (SnapshotLogEntry entry in table.Metadata.SnapshotLog)
                {
                    rows.Add(entry.TimestampMs, entry.SnapshotId, table.Metadata.SnapshotOf(entry.SnapshotId)?.ParentId, ancestors.Contains(entry.SnapshotId));
                }

                break;
            case "$refs":
                foreach ((string reference, SnapshotRef r) in table.Metadata.Refs)
                {
                    rows.Add(reference, r.IsBranch ? "BRANCH" : "TAG", r.SnapshotId, r.MaxRefAgeMs, r.MinSnapshotsToKeep, r.MaxSnapshotAgeMs);
                }

                break;
            case "$manifests":
                foreach (ManifestFile m in snapshot is null ? [] : await ManifestList.ReadAsync(table.Files, snapshot, cancellation).ConfigureAwait(false))
                {
                    rows.Add((int)m.Content, m.Path, m.Length, m.SpecId, m.SequenceNumber, m.AddedSnapshotId, m.AddedFiles, m.ExistingFiles, m.DeletedFiles, m.AddedRows);
                }

                break;
            default:
                await AddFilesAsync(rows, name, table, snapshot, cancellation).ConfigureAwait(false);
                break;
        }

        return rows.Build();
    }

    private static async ValueTask AddFilesAsync(RowBuilder rows, string name, IcebergTable table, Snapshot? snapshot, CancellationToken cancellation)
    {
        var partitions = new SortedDictionary<(int Spec, string Text), long[]>();
        foreach (ManifestFile manifest in snapshot is null ? [] : await ManifestList.ReadAsync(table.Files, snapshot, cancellation).ConfigureAwait(false))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(table.Files, manifest, table.Metadata, cancellation).ConfigureAwait(false))
            {
                if (!entry.IsLive)
                {
                    continue;
                }

                DataFile file = entry.File;
                string partition = TextOf(table.Metadata, file);
                if (name == "$files")
                {
                    rows.Add((int)file.Content, file.Path, file.Format, file.SpecId, partition, file.Rows, file.Bytes, entry.SequenceNumber);
                    continue;
                }

                var key = (file.SpecId, partition);
                if (!partitions.TryGetValue(key, out long[]? sums))
                {
                    partitions.Add(key, sums = new long[4]);
                }

                bool isData = file.Content == FileContent.Data;
                sums[0] += isData ? file.Rows : 0;
                sums[1] += isData ? 1 : 0;
                sums[2] += isData ? file.Bytes : 0;
                sums[3] += isData ? 0 : 1;
            }
        }

        foreach (((int spec, string text), long[] sums) in partitions)
        {
            rows.Add(spec, text, sums[0], sums[1], sums[2], sums[3]);
        }
    }

    // Partitions of different specs have different fields, so they are shown as text.
    private static string TextOf(TableMetadata table, DataFile file)
    {
        PartitionSpec spec = table.SpecOf(file.SpecId)!;
        IReadOnlyList<IcebergPrimitive> types = table.TypesOf(spec);
        return string.Join(", ", spec.Fields.Select((f, i) => $"{f.Name}={PartitionPath.Text(f.Transform, types[i], file.Partition[i])}"));
    }

    private sealed class RowBuilder(Schema schema) : IDisposable
    {
        private readonly ColumnBuilder[] _columns = [.. schema.Fields.Select(f => ColumnBuilder.Create(f.Type, 64))];
        private int _rows;

        public void Add(params ReadOnlySpan<object?> values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (values[i] is IReadOnlyDictionary<string, string> texts)
                {
                    var map = (ListBuilder)_columns[i];
                    var entries = (StructBuilder)map.Items;
                    foreach ((string key, string value) in texts)
                    {
                        ColumnValue.Append(entries.Fields[0], key);
                        ColumnValue.Append(entries.Fields[1], value);
                        entries.AppendRow();
                    }

                    map.AppendRow();
                }
                else
                {
                    ColumnValue.Append(_columns[i], values[i]);
                }
            }

            _rows++;
        }

        public RecordBatch Build() => new(schema, _rows, Array.ConvertAll(_columns, c => c.Build()));

        public void Dispose()
        {
            foreach (ColumnBuilder column in _columns)
            {
                column.Dispose();
            }
        }
    }
}
