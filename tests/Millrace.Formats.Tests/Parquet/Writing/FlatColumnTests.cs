using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class FlatColumnTests
{
    private static readonly TypeId[] FlatTypes =
        [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.List or TypeId.Struct or TypeId.Map or TypeId.Interval))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Random_columns_of_every_flat_type_are_read_back_by_duck_db(int seed)
    {
        var random = new RandomBatches(seed, new() { Types = FlatTypes, Sliced = seed % 2 == 0, NullDensity = seed % 3 * 0.3 });
        Schema schema = DuckDbCompare.Readable(random.Schema(24));
        using RecordBatch first = random.Batch(schema, 700);
        using RecordBatch second = random.Batch(schema, 1);
        using RecordBatch third = random.Batch(schema, 333);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 300, RowGroupRows = 800 }, first, second, third);
        DuckDbCompare.Equal(file, first, second, third);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Two_thousand_columns_are_read_back_by_duck_db_and_here(int rows)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(rows, new() { Types = FlatTypes });
        Schema schema = DuckDbCompare.Readable(RoundTripTests.Storable(random.Schema(2000)));
        using RecordBatch batch = random.Batch(schema, rows);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        DuckDbCompare.Equal(file, batch);
        List<RecordBatch> read = await ParquetFile.ReadAsync(await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken));
        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_file_without_rows_has_its_columns()
    {
        using RecordBatch empty = new RandomBatches(1, new() { Types = FlatTypes }).Batch(5, 0);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), empty);
        OracleTable table = NodeOracle.DuckDb($"SELECT * FROM read_parquet('{file.Path}')");
        Assert.Equal(empty.Schema.Fields.Select(f => f.Name), table.Columns);
        Assert.Empty(table.Rows);
    }

    [Fact]
    public async Task Intervals_keep_their_three_parts()
    {
        var builder = new FixedBuilder<Interval>(DataType.Interval);
        builder.Append(new Interval(14, 3, 5_000_000));
        builder.AppendNull();
        builder.Append(new Interval(0, 0, 86_399_999_000_000));
        using var batch = new RecordBatch(new Schema(new Field("i", DataType.Interval)), 3, builder.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        OracleTable table = NodeOracle.DuckDb($"SELECT i::VARCHAR FROM read_parquet('{file.Path}')");
        Assert.Equal("1 year 2 months 3 days 00:00:00.005", table.Text(0, 0));
        Assert.Null(table.Text(1, 0));
        Assert.Equal("23:59:59.999", table.Text(2, 0));
    }

    [Theory]
    [InlineData(-1, 0, 0, "MR2251")]
    [InlineData(0, -1, 0, "MR2251")]
    [InlineData(0, 0, -1, "MR2251")]
    [InlineData(0, 0, 1, "MR2251")]
    public async Task An_interval_that_would_be_changed_is_an_error(int months, int days, long nanoseconds, string code)
    {
        using var leaks = new LeakCheck();
        var builder = new FixedBuilder<Interval>(DataType.Interval);
        builder.Append(new Interval(months, days, nanoseconds));
        using var batch = new RecordBatch(new Schema(new Field("i", DataType.Interval)), 1, builder.Build());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(new ParquetOptions(), batch));
        Assert.Equal(code, error.Code.Id);
    }

    [Fact]
    public async Task A_null_in_a_column_that_must_not_be_null_is_an_error()
    {
        using var leaks = new LeakCheck();
        var builder = new FixedBuilder<int>(DataType.Int32);
        builder.AppendNull();
        using var batch = new RecordBatch(new Schema(new Field("i", DataType.Int32, nullable: false)), 1, builder.Build());
        Assert.Equal("MR2252", (await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(new ParquetOptions(), batch))).Code.Id);
    }

    [Theory]
    [InlineData(ParquetCompression.None)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Lz4Raw)]
    [InlineData(ParquetCompression.Brotli)]
    public async Task Pages_of_both_versions_with_every_codec_are_read_back(ParquetCompression compression)
    {
        var random = new RandomBatches(9, new() { Types = FlatTypes });
        using RecordBatch batch = random.Batch(DuckDbCompare.Readable(random.Schema(12)), 500);
        foreach (int version in new[] { 1, 2 })
        {
            using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { Compression = compression, DataPageVersion = version, PageRows = 200 }, batch);
            DuckDbCompare.Equal(file, batch);
        }
    }
}
