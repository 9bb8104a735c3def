using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class RequestTests
{
    private const string Numbers = "SELECT i, i * 10 AS tens, 'v' || i AS text, i::DOUBLE / 2 AS half FROM range(1000) t(i)";

    [Fact]
    public async Task Columns_come_in_the_order_asked_for_and_only_their_pages_are_read()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT i, repeat('x', 100) || hash(i) AS large FROM range(20000) t(i)", "COMPRESSION uncompressed");
        await using var source = new CountingSource(file.Path);
        var format = new ParquetFormat();
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), CancellationToken.None);
        var request = new FileReadRequest { Columns = new Schema(inspection.Schema[0]), Range = FileRange.Whole(source.Length) };
        long before = source.BytesRead;
        await using IBatchReader reader = format.OpenReader(source, inspection, request);
        long sum = 0;
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            using (batch)
            {
                Assert.Equal(["i"], batch.Schema.Fields.Select(f => f.Name));
                foreach (long value in ((FixedColumn<long>)batch[0]).Values)
                {
                    sum += value;
                }
            }
        }

        Assert.Equal(199_990_000, sum);
        Assert.InRange(source.BytesRead - before, 1, source.Length / 4);
    }

    [Fact]
    public async Task No_column_at_all_gives_the_number_of_rows()
    {
        using ParquetFile file = ParquetFile.FromDuckDb(Numbers);
        List<RecordBatch> batches = await file.ReadAsync(i => ParquetFile.Everything(i) with { Columns = Schema.Empty, BatchRows = 300 });
        Assert.Equal([300, 300, 300, 100], batches.Select(b => b.Length));
    }

    [Fact]
    public async Task A_limit_ends_the_rows()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Numbers);
        List<RecordBatch> batches = await file.ReadAsync(i => ParquetFile.Everything(i) with { Limit = 250, BatchRows = 200 });
        Assert.Equal([200, 50], batches.Select(b => b.Length));
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Another_type_is_cast_and_what_does_not_fit_is_reported()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Numbers);
        var errors = new CollectedErrors();
        var wanted = new Schema(new Field("tens", DataType.Int16), new Field("half", DataType.Decimal(10, 1)), new Field("i", DataType.Utf8));
        List<RecordBatch> batches = await file.ReadAsync(i => ParquetFile.Everything(i) with { Columns = wanted, BatchRows = 400, RowErrors = errors });
        Assert.Empty(errors.All);
        Assert.Equal("""{"tens":9990,"half":499.5,"i":"999"}""", ColumnText.Row(batches[^1], batches[^1].Length - 1));
        batches.ForEach(b => b.Dispose());

        wanted = new Schema(new Field("tens", DataType.Int8));
        batches = await file.ReadAsync(i => ParquetFile.Everything(i) with { Columns = wanted, BatchRows = 400, RowErrors = errors });
        Assert.Equal(["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100", "110", "120"], batches.SelectMany(b => ColumnText.Values(b[0])));
        Assert.Equal(987, errors.All.Count);
        Assert.Equal(13, errors.All[0].Place.Row);
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Rows_of_large_values_come_in_smaller_batches()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT i, repeat('x', 100000) || (i % 3) AS large FROM range(2500) t(i)");
        List<RecordBatch> batches = await file.ReadAsync(i => ParquetFile.Everything(i) with { BatchRows = 1000 });
        Assert.Equal(2500, batches.Sum(b => b.Length));
        // The dictionary hides the size from the footer, but only until the first batch.
        Assert.All(batches.Skip(1), b => Assert.InRange(b.ByteSize, 1, 17 << 20));
        Assert.Equal(2_499, ((FixedColumn<long>)batches[^1]["i"]).Values[^1]);
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Of_a_struct_only_the_wanted_fields_are_read()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(
            "SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE {'a': i, 'large': repeat('x', 100) || hash(i), 'list': [{'c': i, 'd': 'd' || i}]} END AS s FROM range(5000) t(i)",
            "COMPRESSION uncompressed");
        await using var source = new CountingSource(file.Path);
        var format = new ParquetFormat();
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), CancellationToken.None);
        var wanted = new Schema(new Field("s", DataType.Parse("struct<list array<struct<d varchar>>, none bigint, a bigint>")));
        long before = source.BytesRead;
        await using IBatchReader reader = format.OpenReader(source, inspection, new FileReadRequest { Columns = wanted, Range = FileRange.Whole(source.Length) });
        using RecordBatch? batch = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal("""{"s":null}""", ColumnText.Row(batch!, 7));
        Assert.Equal("""{"s":{"list":[{"d":"d8"}],"none":null,"a":8}}""", ColumnText.Row(batch!, 8));
        Assert.InRange(source.BytesRead - before, 1, source.Length / 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30_000)]
    [InlineData(long.MaxValue)]
    public async Task Ranges_hold_every_row_once_and_in_order(long targetBytes)
    {
        using ParquetFile file = ParquetFile.FromDuckDb("SELECT i FROM range(30000) t(i)", "ROW_GROUP_SIZE 2048");
        await using var source = new FileByteSource(file.Path);
        var format = new ParquetFormat();
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), CancellationToken.None);
        var found = new List<long>();
        int ranges = 0;
        await foreach (FileRange range in format.PlanAsync(source, inspection, targetBytes, CancellationToken.None))
        {
            ranges++;
            Assert.Equal(found.Count, range.FirstRow);
            await using IBatchReader reader = format.OpenReader(source, inspection, new FileReadRequest { Columns = inspection.Schema, Range = range });
            while (await reader.ReadAsync(CancellationToken.None) is { } batch)
            {
                found.AddRange(((FixedColumn<long>)batch[0]).Values);
                batch.Dispose();
            }
        }

        Assert.Equal(Enumerable.Range(0, 30_000).Select(i => (long)i), found);
        Assert.Equal(30_000, inspection.Rows);
        Assert.True(targetBytes == 1 ? ranges == 15 : targetBytes == long.MaxValue ? ranges == 1 : ranges is > 1 and < 15, ranges.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_column_that_does_not_exist_is_named_with_the_nearest_one()
    {
        using ParquetFile file = ParquetFile.FromDuckDb(Numbers);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => file.ReadAsync(
            i => ParquetFile.Everything(i) with { Columns = new Schema(new Field("txet", DataType.Utf8)) }));
        Assert.Equal("MR2208", error.Code.Id);
        Assert.Contains("'text'", error.Message, StringComparison.Ordinal);
    }

    private sealed class CollectedErrors : IRowErrorHandler
    {
        public List<RowError> All { get; } = [];

        public void OnRowError(RowError error) => All.Add(error);
    }
}
