using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Tables written here, read by others: icebird the whole table, DuckDB the data files.</summary>
[Specification("Data File Formats")]
[Specification("Appendix A: Format-specific Requirements")]
[Specification("Delete Formats: Position Delete Files")]
public sealed class OtherReadersTests : IDisposable
{
    private static readonly Schema Columns = new(
        new Field("id", DataType.Int64, nullable: false),
        new Field("name", DataType.Utf8),
        new Field("price", DataType.Decimal(12, 2)),
        new Field("day", DataType.Date),
        new Field("ratio", DataType.Float64));

    private readonly LakeFolder _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(2, "bucket(3, id)", "month(day)")]
    [InlineData(2, "truncate(1, name)", "day")]
    [InlineData(3)]
    [InlineData(3, "bucket(3, id)", "month(day)")]
    public async Task Icebird_reads_what_was_written(int version, params string[] partition)
    {
        for (int commit = 0; commit < 3; commit++)
        {
            using RecordBatch batch = LakeFolder.Batch(Columns, Rows(commit * 50, 50));
            await _lake.WriteAsync(batch, options: o => o with { Partition = partition, FormatVersion = version });
        }

        await AssertIcebirdAsync(150);
    }

    [Fact]
    public async Task Icebird_leaves_out_the_rows_that_are_deleted_by_place()
    {
        using (RecordBatch batch = LakeFolder.Batch(Columns, Rows(0, 60)))
        {
            await _lake.WriteAsync(batch);
        }

        DataFile file = Assert.Single(await _lake.FilesAsync()).File;
        await _lake.DeleteAsync([(file, 3), (file, 0), (file, 59)]);
        await AssertIcebirdAsync(57);
    }

    [Fact]
    public async Task Icebird_and_we_agree_after_an_overwrite()
    {
        foreach (WriteMode mode in new[] { WriteMode.Append, WriteMode.Overwrite })
        {
            using RecordBatch batch = LakeFolder.Batch(Columns, Rows(mode == WriteMode.Append ? 0 : 100, 20));
            await _lake.WriteAsync(batch, mode);
        }

        await AssertIcebirdAsync(20);
    }

    [Fact]
    public async Task DuckDb_finds_the_figures_of_the_manifests_in_the_data_files()
    {
        List<object?[]> rows = Rows(0, 500);
        using (RecordBatch batch = LakeFolder.Batch(Columns, rows))
        {
            await _lake.WriteAsync(batch, options: o => o with { Partition = ["bucket(4, id)"] });
        }

        List<ManifestEntry> files = await _lake.FilesAsync();
        Assert.Equal(4, files.Count);
        foreach (DataFile file in files.Select(f => f.File))
        {
            OracleTable found = NodeOracle.DuckDb(
                $"SELECT count(*), min(id), max(id), count(*) - count(name), min(day)::varchar, max(day)::varchar, min(price)::varchar, count(*) FILTER (WHERE isnan(ratio)), min(name), max(name) FROM '{file.Path}'");
            string Text(int column) => found.Text(0, column)!;
            Assert.Equal(file.Rows.ToString(CultureInfo.InvariantCulture), Text(0));
            Assert.Equal(Text(1), Bound(file.Metrics.LowerBounds[1], IcebergType.Long));
            Assert.Equal(Text(2), Bound(file.Metrics.UpperBounds[1], IcebergType.Long));
            Assert.Equal(Text(3), file.Metrics.NullCounts[2].ToString(CultureInfo.InvariantCulture));
            Assert.Equal(Text(4), Bound(file.Metrics.LowerBounds[4], IcebergType.Date));
            Assert.Equal(Text(5), Bound(file.Metrics.UpperBounds[4], IcebergType.Date));
            Assert.Equal(Text(6), Bound(file.Metrics.LowerBounds[3], IcebergType.Decimal(12, 2)));
            Assert.Equal(Text(7), file.Metrics.NanCounts[5].ToString(CultureInfo.InvariantCulture));
            Assert.StartsWith(Bound(file.Metrics.LowerBounds[2], IcebergType.String), Text(8), StringComparison.Ordinal);
            Assert.True(string.CompareOrdinal(Bound(file.Metrics.UpperBounds[2], IcebergType.String), Text(9)) >= 0);
            Assert.Equal(file.Rows, file.Metrics.ValueCounts[2]);
        }

        string all = $"SELECT count(*), sum(id), sum(price) FROM read_parquet('{_lake.Path}/data/**/*.parquet')";
        Assert.Equal(("500", (500L * 499 / 2).ToString(CultureInfo.InvariantCulture)), (NodeOracle.DuckDb(all).Text(0, 0), NodeOracle.DuckDb(all).Text(0, 1)));
        OracleTable ids = NodeOracle.DuckDb($"SELECT name, field_id FROM parquet_schema('{files[0].File.Path}') WHERE name <> 'schema' ORDER BY field_id");
        Assert.Equal(["id", "name", "price", "day", "ratio"], ids.Rows.Select(r => (string)r![0]!));
        Assert.Equal(["1", "2", "3", "4", "5"], Enumerable.Range(0, 5).Select(i => ids.Text(i, 1)));
    }

    private static string Bound(byte[] bytes, IcebergPrimitive type) => SingleValueJson.Format(type, SingleValue.FromBytes(type, bytes));

    private async Task AssertIcebirdAsync(int rows)
    {
        JsonNode? read = null;
        try
        {
            read = NodeOracle.Ask("icebird-read", new JsonObject { ["table"] = _lake.Path });
        }
        catch (NullReferenceException)
        {
            // A result that is null: the reader is not there.
        }

        NodeOracle.Demand(read is null ? "the oracle icebird is not installed: run ./test once" : null, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        Assert.Equal(rows, read!.AsArray().Count);

        // What both can print alike.
        IEnumerable<string> theirs = read.AsArray().Select(r => $"{r!["id"]}|{r["name"]}|{((string?)r["day"])?[..10]}");
        IEnumerable<string> ours = (await _lake.ReadAsync()).Select(r => JsonNode.Parse(r.Replace("NaN", "null", StringComparison.Ordinal))!).Select(r => $"{r["id"]}|{r["name"]}|{r["day"]}");
        Assert.Equal(ours.Order(StringComparer.Ordinal), theirs.Order(StringComparer.Ordinal));
    }

    private static List<object?[]> Rows(int first, int count)
    {
        var rows = new List<object?[]>();
        for (int i = first; i < first + count; i++)
        {
            rows.Add([(long)i, i % 7 == 0 ? null : $"row {i % 26} of a table with long names", (Int128)((i * 37) % 10000), i % 5 == 0 ? null : 19000 + (i % 90), i % 11 == 0 ? double.NaN : i / 8.0]);
        }

        return rows;
    }
}
