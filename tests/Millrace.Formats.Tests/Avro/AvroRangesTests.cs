using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroRangesTests
{
    private static readonly AvroFormat Format = new();

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(3_000)]
    [InlineData(20_000)]
    [InlineData(10_000_000)]
    public async Task Ranges_together_hold_every_row_once_in_order(int targetBytes)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(3);
        using RecordBatch batch = random.Batch(4, 2000);
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { BlockBytes = 1024 });
        List<FileRange> ranges = await PlanAsync(file, targetBytes);
        Assert.Equal(0, ranges[0].Start);
        Assert.Equal(file.Length, ranges[^1].End);
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.True(targetBytes < file.Length == ranges.Count > 1);
        Assert.All(ranges.SkipLast(1), r => Assert.True(r.Length >= targetBytes));
        var read = new List<RecordBatch>();
        foreach (FileRange range in ranges)
        {
            read.AddRange(await AvroFiles.ReadAsync(file, range: range));
        }

        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task The_markers_bytes_within_rows_are_not_taken_for_a_block()
    {
        using var leaks = new LeakCheck();
        const int rows = 50;
        const string marker = "000102030405060708090a0b0c0d0e0f";
        using var builder = new BinaryBuilder(DataType.Binary);
        for (int i = 0; i < rows; i++)
        {
            builder.Append([.. Convert.FromHexString(marker), 2, 0x7E]);
        }

        using var batch = new RecordBatch(new Schema(new Field("b", DataType.Binary)), rows, builder.Build());
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { BlockBytes = 1024, Compression = "null", SyncMarker = marker });
        List<RecordBatch> read = [];
        foreach (FileRange range in await PlanAsync(file, 1))
        {
            read.AddRange(await AvroFiles.ReadAsync(file, range: range));
        }

        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_position_is_a_range_that_holds_the_rows_that_are_left()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(4);
        using RecordBatch batch = random.Batch(3, 1000);
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { BlockBytes = 1024 });
        var source = new MemoryByteSource(file);
        FileInspection inspection = await AvroFiles.InspectAsync(file);
        FilePosition position = default;
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(file.Length), BatchRows = 64 };
        await using (IBatchReader reader = Format.OpenReader(source, inspection, request))
        {
            for (int i = 0; i < 5; i++)
            {
                (await reader.ReadAsync(CancellationToken.None))!.Dispose();
                position = reader.Position;
            }
        }

        Assert.Equal(5 * 64, position.Row);
        List<RecordBatch> rest = await AvroFiles.ReadAsync(file, range: new FileRange(position.Offset, file.Length));

        // The block that the position lies in is read again from its start.
        int read = rest.Sum(b => b.Length);
        Assert.InRange(read, 1000 - position.Row, 1000);
        using RecordBatch expected = batch.Slice(1000 - read, read);
        BatchAssert.EqualRows([expected], rest);
        rest.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_range_that_starts_at_no_marker_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = new RandomBatches(4).Batch(3, 1000);
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch]);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.ReadAsync(file, range: new FileRange(file.Length - 20, file.Length)));
        Assert.Equal("MR2305", error.Code.Id);
        Assert.Equal(file.Length - 20, error.Place?.Offset);
    }

    [Fact]
    public async Task A_range_that_ends_within_a_block_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = new RandomBatches(4).Batch(3, 1000);
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch]);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => AvroFiles.ReadAsync(file, range: new FileRange(0, file.Length - 20)));
        Assert.Equal("MR2305", error.Code.Id);
    }

    [Fact]
    public async Task A_limit_ends_the_read()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = new RandomBatches(4).Batch(2, 1000);
        byte[] file = await AvroFiles.WriteAsync(batch.Schema, [batch]);
        FileInspection inspection = await AvroFiles.InspectAsync(file);
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(file.Length), BatchRows = 64, Limit = 100 };
        await using IBatchReader reader = Format.OpenReader(new MemoryByteSource(file), inspection, request);
        int rows = 0;
        while (await reader.ReadAsync(CancellationToken.None) is { } read)
        {
            rows += read.Length;
            read.Dispose();
        }

        Assert.Equal(100, rows);
    }

    private static async Task<List<FileRange>> PlanAsync(byte[] file, long targetBytes)
    {
        var ranges = new List<FileRange>();
        await foreach (FileRange range in Format.PlanAsync(new MemoryByteSource(file), await AvroFiles.InspectAsync(file), targetBytes, CancellationToken.None))
        {
            ranges.Add(range);
        }

        return ranges;
    }
}
