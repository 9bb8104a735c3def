using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes files that delete rows by file and number, one for each partition (specification, "Position Delete Files").</summary>
internal static class PositionDeleteFiles
{
    private const int PathId = 2147483546;
    private const int PositionId = 2147483545;
    private const int BatchRows = 1 << 14;

    private static readonly TableSchema Columns = new(0, [new IcebergField(PathId, "file_path", true, IcebergType.String), new IcebergField(PositionId, "pos", true, IcebergType.Long)]);

    /// <param name="files">The table's files.</param>
    /// <param name="table">The table.</param>
    /// <param name="dead">Data files with dead rows.</param>
    /// <param name="prefix">Start of the files' names, which no others have.</param>
    /// <param name="paths">Receives the path of each file before it is written.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public static async ValueTask<List<DataFile>> WriteAsync(TableFiles files, TableMetadata table, IEnumerable<DeadRows> dead, string prefix, ICollection<string> paths, CancellationToken cancellation)
    {
        var written = new List<DataFile>();
        foreach (IGrouping<(int Spec, PartitionTuple Partition), DeadRows> group in dead.GroupBy(f => (f.File.SpecId, f.File.Partition)))
        {
            PartitionSpec spec = table.SpecOf(group.Key.Spec)!;
            string folder = PartitionPath.Of(spec, table.TypesOf(spec), group.Key.Partition);
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}-deletes-{written.Count:D5}.parquet");
            string path = files.PathOf(folder.Length == 0 ? $"data/{name}" : $"data/{folder}/{name}");
            paths.Add(path);
            written.Add(await WriteAsync(files, MetricsModes.Of(table), path, group.Key.Spec, group.Key.Partition, [.. group], cancellation).ConfigureAwait(false));
        }

        return written;
    }

    private static async ValueTask<DataFile> WriteAsync(TableFiles files, MetricsModes modes, string path, int spec, PartitionTuple partition, List<DeadRows> dead, CancellationToken cancellation)
    {
        dead.Sort(static (l, r) => Encoding.UTF8.GetBytes(l.File.Path).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(r.File.Path)));
        Schema columns = TypeMapping.ToColumns(Columns);
        DataFileWriter writer = await DataFileWriter.CreateAsync(files, path, Columns, columns, new ParquetOptions { Compression = ParquetCompression.Zstd }, modes, [], cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            foreach (DeadRows file in dead)
            {
                foreach (long[] rows in file.Rows.All().Chunk(BatchRows))
                {
                    using RecordBatch batch = Batch(columns, file.File.Path, rows);
                    await writer.WriteAsync(batch, cancellation).ConfigureAwait(false);
                }
            }

            DataFile written = await writer.EndAsync(partition, spec, sortOrderId: null, cancellation).ConfigureAwait(false);
            await writer.PublishAsync(cancellation).ConfigureAwait(false);

            // Whole paths, by which readers tell whether a file is for theirs.
            return written with
            {
                Content = FileContent.PositionDeletes,
                ReferencedFile = dead.Count == 1 ? dead[0].File.Path : null,
                Metrics = written.Metrics with { LowerBounds = Bounds(written.Metrics.LowerBounds, dead[0].File.Path), UpperBounds = Bounds(written.Metrics.UpperBounds, dead[^1].File.Path) },
            };
        }
    }

    private static ImmutableSortedDictionary<int, byte[]> Bounds(ImmutableSortedDictionary<int, byte[]> bounds, string path) => bounds.SetItem(PathId, Encoding.UTF8.GetBytes(path));

    private static RecordBatch Batch(Schema columns, string path, long[] rows)
    {
        using var positions = new FixedBuilder<long>(DataType.Int64, rows.Length);
        rows.CopyTo(positions.AppendUninitialized(rows.Length));
        return new RecordBatch(columns, rows.Length, ColumnValue.Repeat(DataType.Utf8, path, rows.Length), positions.Build());
    }
}
