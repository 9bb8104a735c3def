using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvRoundTripTests
{
    private static readonly TypeId[] Scalars =
    [
        TypeId.Boolean, TypeId.Int8, TypeId.Int16, TypeId.Int32, TypeId.Int64, TypeId.UInt8, TypeId.UInt16, TypeId.UInt32, TypeId.UInt64,
        TypeId.Float32, TypeId.Float64, TypeId.Decimal, TypeId.Utf8, TypeId.Binary, TypeId.FixedBinary, TypeId.Uuid, TypeId.Date, TypeId.Time,
        TypeId.Timestamp, TypeId.Interval, TypeId.Json,
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 90).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task What_is_written_is_read_back_in_any_dialect_and_with_any_window(int seed) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(seed);
        bool nested = seed % 3 == 0;
        var batches = new RandomBatches(seed, new RandomOptions
        {
            // JSON knows no NaN, and a null within a nested value is one whatever the type.
            Types = nested ? [.. Scalars.Except([TypeId.Json]), TypeId.List, TypeId.Struct, TypeId.Map] : Scalars,
            NonFinite = !nested,
            Sliced = random.Next(2) == 0,
        });
        CsvOptions options = RandomDialect(random);
        using RecordBatch batch = batches.Batch(random.Next(1, 8), random.Next(0, 300));
        byte[] bytes = await CsvTable.WriteAsync(batch, options);

        int chunk = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 100), _ => 1 << 20 };
        int window = random.Next(3) switch { 0 => 256, 1 => random.Next(16, 4096), _ => CsvRecords.WindowSize };
        FileInspection inspection = new() { Schema = batch.Schema, Options = options with { Header = options.Header ?? true } };
        List<RecordBatch> read = await CsvTable.ReadAsync(new Text.ChunkedSource(bytes, chunk), inspection, batch.Schema, batchRows: random.Next(1, 400), windowSize: window, declared: true);
        try
        {
            if (batch.Length == 0)
            {
                Assert.Empty(read);
            }
            else
            {
                BatchAssert.EqualRows([batch], read);
            }
        }
        finally
        {
            read.ForEach(b => b.Dispose());
        }
    });

    [Fact]
    public async Task Dictionaries_are_written_as_the_values_they_stand_for()
    {
        var batches = new RandomBatches(7, new RandomOptions { Types = [TypeId.Dictionary] });
        using RecordBatch batch = batches.Batch(new Schema([new Field("d", DataType.Dictionary(DataType.Utf8))]), 500);
        byte[] bytes = await CsvTable.WriteAsync(batch, new CsvOptions());
        FileInspection inspection = new() { Schema = new([new Field("d", DataType.Utf8)]), Options = new CsvOptions { Header = true } };
        List<RecordBatch> read = await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, inspection.Schema);
        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Theory]
    [InlineData("t.csv", "a,b\n1,2\n")]
    [InlineData("t.tsv.gz", "a\tb\n1\t2\n")]
    [InlineData("t.psv.zst", "a|b\n1|2\n")]
    public async Task The_ending_of_a_written_file_tells_its_delimiter_and_compression(string name, string expected)
    {
        using var builder = new FixedBuilder<int>(DataType.Int32);
        builder.Append(1);
        using Column one = builder.Build();
        builder.Append(2);
        using RecordBatch batch = new(new Schema([new Field("a", DataType.Int32), new Field("b", DataType.Int32)]), 1, one.Share(), builder.Build());
        var stream = new MemoryStream();
        await using IBatchWriter writer = CsvTable.Format.OpenWriter(new StreamByteTarget(stream, name), batch.Schema, new CsvOptions());
        await writer.WriteAsync(batch, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        using var plain = new StreamReader(FileCodecs.OpenRead(new MemoryStream(stream.ToArray()), FileCodecs.Parse(FileCodecs.Ending(name) is { Length: > 0 } ending ? ending[1..] : "none"), name));
        Assert.Equal(expected, await plain.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task Compressed_files_are_told_by_their_first_bytes(string codec)
    {
        using RecordBatch batch = new RandomBatches(3, new RandomOptions { Types = [TypeId.Utf8, TypeId.Int64] }).Batch(4, 5000);
        byte[] bytes = await CsvTable.WriteAsync(batch, new CsvOptions { Compression = codec });
        FileInspection inspection = await CsvTable.InspectAsync(bytes);
        List<RecordBatch> read = await CsvTable.ReadAsync(new MemoryByteSource(bytes), inspection, batch.Schema, declared: true);
        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public Task What_cannot_be_written_without_quotes_is_an_error() => LeakCheck.RunAsync(async () =>
    {
        using var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append("a,b");
        using RecordBatch batch = new(new Schema([new Field("t", DataType.Utf8)]), 1, builder.Build());
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.WriteAsync(batch, new CsvOptions { Quote = "none" }));
        Assert.Equal("MR2017", error.Code.Id);
        Assert.Equal("t\na\\,b\n", System.Text.Encoding.UTF8.GetString(await CsvTable.WriteAsync(batch, new CsvOptions { Quote = "none", Escape = "\\" })));
    });

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public Task A_table_without_columns_is_an_empty_file(bool? header) => LeakCheck.RunAsync(async () =>
    {
        var options = new CsvOptions { Header = header };
        using RecordBatch none = new(Schema.Empty, 0);
        byte[] bytes = await CsvTable.WriteAsync(none, options);
        Assert.Empty(bytes);
        FileInspection back = await CsvTable.InspectAsync(bytes);
        Assert.Equal(0, back.Schema.Count);
        Assert.Empty(await CsvTable.ReadAsync(new MemoryByteSource(bytes), back, back.Schema));

        using RecordBatch rows = new(Schema.Empty, 2);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CsvTable.WriteAsync(rows, options));
        Assert.Equal("MR2019", error.Code.Id);
    });

    private static CsvOptions RandomDialect(Random random)
    {
        string quote = Pick(random, "\"", "\"", "'");
        string? escape = Pick(random, null, null, "none", "\\");
        return new CsvOptions
        {
            Delimiter = Pick(random, "comma", "semicolon", "tab", "|", ":", "\u0001"),
            Quote = quote,
            Escape = escape,
            Header = random.Next(3) > 0,
            LineEnding = random.Next(2) == 0 ? CsvLineEnding.Lf : CsvLineEnding.CrLf,
            Quoting = (CsvQuoting)random.Next(3),
            NullValues = Pick<IReadOnlyList<string>>(random, [""], ["NULL"], ["\\N"], ["", "NA"], ["0"]),
            Comment = Pick(random, null, "#"),
            DecimalSeparator = Pick(random, null, ".", ","),
            SkipBlankLines = false,
        };
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
