using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Sorting")]
[Specification("Partitioning")]
public sealed class DataFileSetTests : IDisposable
{
    private const int BatchRows = 500;

    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("region", DataType.Utf8), new Field("value", DataType.Float64));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(300, 8)]
    [InlineData(300, 1)]
    [InlineData(40, 64)]
    public Task Scattered_rows_of_many_partitions_make_one_file_for_each(int partitions, int open) => LeakCheck.RunAsync(async () =>
    {
        IcebergTable table = await CreateAsync(["region"]);
        await using var set = new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1 << 30, open));
        for (int first = 0; first < 6000; first += BatchRows)
        {
            await WriteAsync(set, first, id => $"r{id * 7919 % partitions}");
        }

        await set.FinishAsync(Cancellation);
        Assert.Equal(partitions, set.Complete.Count);
        Assert.Equal(partitions, set.Complete.Select(f => f.Partition).Distinct().Count());
        await table.CommitAsync(FileChange.Append(set.Complete), Cancellation);
        await AssertRowsAsync(6000);

        // Rows of a partition keep the order they came in.
        foreach (ManifestEntry entry in (await _lake.FilesAsync()).Take(3))
        {
            Assert.Equal(0, Disorder(entry.File, "id"));
        }
    });

    [Fact]
    public Task Rows_that_come_partition_by_partition_need_no_second_look() => LeakCheck.RunAsync(async () =>
    {
        IcebergTable table = await CreateAsync(["region"]);
        await using var set = new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1 << 30, 2));
        for (int first = 0; first < 60 * BatchRows; first += BatchRows)
        {
            await WriteAsync(set, first, id => $"r{id / (10 * BatchRows)}");
        }

        // All but the open ones have ended before the end.
        Assert.Equal(4, set.Ended);
        await set.FinishAsync(Cancellation);
        Assert.Equal(6, set.Complete.Count);
        await set.DropAsync(Cancellation);
    });

    [Fact]
    public Task A_table_with_an_order_has_its_files_in_it() => LeakCheck.RunAsync(async () =>
    {
        IcebergTable table = await CreateAsync(["bucket(3, id)"], ["truncate(2, region) desc", "id"]);
        await using var set = new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1 << 30, 8));
        for (int first = 0; first < 3000; first += BatchRows)
        {
            await WriteAsync(set, first, id => $"{(char)('a' + (id % 5))}{id % 7}{id}");
        }

        await set.FinishAsync(Cancellation);
        Assert.Equal(3, set.Complete.Count);
        Assert.All(set.Complete, f => Assert.Equal(1, f.SortOrderId));
        foreach (DataFile file in set.Complete)
        {
            OracleTable found = NodeOracle.DuckDb($"SELECT count(*) FROM (SELECT left(region, 2) AS r, id, lag(left(region, 2)) OVER w AS pr, lag(id) OVER w AS pid FROM read_parquet('{file.Path}', file_row_number = true) WINDOW w AS (ORDER BY file_row_number)) WHERE pr < r OR (pr = r AND pid > id)");
            Assert.Equal("0", found.Text(0, 0));
        }

        await table.CommitAsync(FileChange.Append(set.Complete), Cancellation);
        await AssertRowsAsync(3000);
    });

    [Fact]
    public Task A_file_ends_when_it_is_large_enough_and_one_that_was_not_finished_leaves_no_trace() => LeakCheck.RunAsync(async () =>
    {
        foreach (string[] sort in new string[][] { [], ["value"] })
        {
            IcebergTable table = await CreateAsync([], sort);
            await using (var set = new DataFileSet(table.Metadata, table.Files, $"t{sort.Length}", new DataFileLimits(20_000, 8)))
            {
                for (int first = 0; first < 8000; first += BatchRows)
                {
                    await WriteAsync(set, first, id => $"r{id}");
                }

                Assert.InRange(set.Ended, 2, 16);
                await set.DropAsync(Cancellation);
            }

            Assert.Empty(Directory.GetFiles(_lake.Path, "*.parquet", SearchOption.AllDirectories));
        }
    });

    [Theory]
    [InlineData("truncate(16)", true, 16)]
    [InlineData("TRUNCATE(4)", true, 4)]
    [InlineData("full", true, 30)]
    [InlineData("counts", true, 0)]
    [InlineData("none", false, 0)]
    public async Task Manifests_tell_of_a_column_what_its_mode_says(string mode, bool counts, int width)
    {
        IcebergTable table = await CreateAsync([], properties: new() { ["write.metadata.metrics.column.region"] = mode, ["write.metadata.metrics.default"] = "full" });
        await using var set = new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1 << 30, 8));
        await WriteAsync(set, 0, _ => new string('x', 30));
        await set.FinishAsync(Cancellation);
        FileMetrics metrics = Assert.Single(set.Complete).Metrics;
        Assert.Equal(counts, metrics.ValueCounts.ContainsKey(2));
        Assert.Equal(width, metrics.LowerBounds.GetValueOrDefault(2)?.Length ?? 0);
        Assert.Equal(BatchRows, metrics.ValueCounts[1]);
    }

    [Fact]
    public async Task Figures_of_wide_tables_are_of_the_first_columns_and_of_those_that_are_sorted_by()
    {
        IcebergTable table = await CreateAsync([], ["value"], new() { ["write.metadata.metrics.max-inferred-column-defaults"] = "1" });
        MetricsModes modes = MetricsModes.Of(table.Metadata);
        Assert.Equal((true, false, true), (modes[1].HasBounds, modes[2].Counts, modes[3].HasBounds));
    }

    [Theory]
    [InlineData("write.metadata.metrics.default", "some")]
    [InlineData("write.parquet.compression-codec", "rar")]
    [InlineData("write.parquet.page-row-limit", "many")]
    [InlineData("write.parquet.bloom-filter-fpp.column.region", "2")]
    public async Task A_property_that_means_nothing_is_told(string name, string value)
    {
        IcebergTable table = await CreateAsync([], properties: new() { [name] = value });
        Assert.Equal("MR3431", Assert.Throws<MillraceException>(() => new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1, 1))).Code.Id);
    }

    [Fact]
    public async Task Bloom_filters_of_the_table_leave_out_row_groups_that_lack_a_value()
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [.. Enumerable.Range(0, 2000).Select(i => new object?[] { (long)(i * 2), $"r{i}", 0.5 })]);
        await _lake.WriteAsync(batch, options: o => o with
        {
            Properties = new Dictionary<string, string>
            {
                ["write.parquet.bloom-filter-enabled.column.id"] = "true",
                ["write.parquet.bloom-filter-enabled.column.gone"] = "true",
                ["write.parquet.bloom-filter-fpp.column.id"] = "0.001",
                ["write.parquet.compression-codec"] = "gzip",
            },
        });
        string file = Assert.Single(await _lake.FilesAsync()).File.Path;
        OracleTable found = NodeOracle.DuckDb($"SELECT compression, bloom_filter_length > 0 FROM parquet_metadata('{file}') ORDER BY column_id");
        Assert.Equal(("GZIP", true, false), (found.Text(0, 0), (bool)found.Rows[0]![1]!, (bool?)found.Rows[1]![1] ?? false));

        // 1001 lies between the bounds and is not there; whole pages are read, so that rows are left out only by the filter.
        Assert.Empty(await ReadAsync(1001L));
        Assert.NotEmpty(await ReadAsync(1002L));
    }

    private async Task<IReadOnlyList<string>> ReadAsync(long id)
    {
        using Column constant = ColumnValue.Repeat(DataType.Int64, id, 1);
        return await _lake.ReadAsync(request: new ReadRequest { Predicates = [new ColumnPredicate("id", PredicateOperator.Equal, constant)] });
    }

    private static int Disorder(DataFile file, string column)
        => int.Parse(NodeOracle.DuckDb(
            $"SELECT count(*) FROM (SELECT {column} AS v, lag({column}) OVER (ORDER BY file_row_number) AS p FROM read_parquet('{file.Path}', file_row_number = true)) WHERE p > v").Text(0, 0)!, CultureInfo.InvariantCulture);

    private async Task AssertRowsAsync(int rows)
    {
        IReadOnlyList<string> read = await _lake.ReadAsync();
        Assert.Equal(rows, read.Count);
        Assert.Equal(rows, read.Select(r => r.Split(':', ',')[1]).Distinct().Count());
    }

    private static async Task WriteAsync(DataFileSet set, int first, Func<long, string> region)
    {
        using RecordBatch batch = LakeFolder.Batch(set.Columns, [.. Enumerable.Range(first, BatchRows).Select(i => new object?[] { (long)i, region(i), i * 31 % 1000 / 8.0 })]);
        await set.WriteAsync(batch, Cancellation);
    }

    private async Task<IcebergTable> CreateAsync(string[] partition, string[]? sort = null, Dictionary<string, string>? properties = null)
    {
        TableSchema schema = TypeMapping.ToTable(Columns, 2);
        var definition = new NewTable(schema, PartitionExpression.Parse(partition, schema)) { Order = SortExpression.Parse(sort ?? [], schema), Properties = properties ?? [] };
        var catalog = new StoreCatalog(new Millrace.Storage.LocalStore(_lake.Folder["lake"]), _lake.Folder["lake"], TimeProvider.System);
        await catalog.DropAsync(TableIdentifier.OfPath("orders"), Cancellation);
        return new IcebergTable(catalog, TableIdentifier.OfPath("orders"), await catalog.CreateAsync(TableIdentifier.OfPath("orders"), definition, Cancellation), TimeProvider.System);
    }
}
