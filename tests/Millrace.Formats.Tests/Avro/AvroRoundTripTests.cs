using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

public class AvroRoundTripTests
{
    private static readonly TypeId[] AllTypes = Enum.GetValues<TypeId>();

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    public async Task Random_batches_come_back_from_every_codec(string codec)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new RandomBatches(seed, new RandomOptions { Sliced = seed % 2 == 1, Types = AllTypes, MaxDepth = seed % 4 });
            Schema schema = random.Schema(1 + (seed % 7));
            var options = new AvroOptions { Compression = codec, BlockBytes = 1 << (10 + (seed % 8)) };
            await LeakCheck.RunAsync(() => RoundTripAsync(random, schema, options, rows: seed * 7));
        }
    }

    [Fact]
    public async Task A_schema_comes_back_with_names_types_nullability_and_properties()
    {
        var schema = new Schema(
            new Field("plain", DataType.Int32, nullable: false).WithMetadata(FieldMetadata.FieldId, "7").WithMetadata(FieldMetadata.Comment, "a comment"),
            new Field("héllo wörld", DataType.Utf8),
            new Field("h_xE9llo_x20w_xF6rld", DataType.Utf8),
            new Field("1st", DataType.List(new Field("element", DataType.UInt64, nullable: false))),
            new Field("", DataType.Map(DataType.Int32, new Field("value", DataType.Time(TimeUnit.Second)))),
            new Field("s", DataType.Struct(new Field("s", DataType.Struct(new Field("x.y", DataType.Timestamp(TimeUnit.Second, "Europe/Paris")))))));
        schema = schema.WithMetadata(schema.Metadata.Add("origin", "a test"));
        byte[] file = await AvroFiles.WriteAsync(schema, [], new AvroOptions { Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        FileInspection inspection = await AvroFiles.InspectAsync(file);
        Assert.Equal(schema, inspection.Schema);
        Assert.Equal("7", inspection.Schema[0].Metadata[FieldMetadata.FieldId]);
        Assert.Equal("a comment", inspection.Schema[0].Metadata[FieldMetadata.Comment]);
        Assert.Equal("a test", inspection.Schema.Metadata["origin"]);
        Assert.Equal("v", inspection.Schema.Metadata["k"]);
    }

    [Fact]
    public async Task Equal_rows_and_a_given_marker_make_equal_files()
    {
        var random = new RandomBatches(5);
        using RecordBatch batch = random.Batch(3, 100);
        var options = new AvroOptions { SyncMarker = "000102030405060708090a0b0c0d0e0f" };
        byte[] first = await AvroFiles.WriteAsync(batch.Schema, [batch], options);
        Assert.Equal(first, await AvroFiles.WriteAsync(batch.Schema, [batch], options));
        Assert.NotEqual(first, await AvroFiles.WriteAsync(batch.Schema, [batch]));
        Assert.Equal(Convert.FromHexString(options.SyncMarker), first[^16..]);
    }

    [Fact]
    public async Task Rows_without_columns_are_counted()
    {
        const int rows = 200_000;
        using var batch = new RecordBatch(Schema.Empty, rows);
        byte[] file = await AvroFiles.WriteAsync(Schema.Empty, [batch]);
        Assert.Equal(rows, (await AvroFiles.ReadAsync(file)).Sum(b => b.Length));
    }

    private static async Task RoundTripAsync(RandomBatches random, Schema schema, AvroOptions options, int rows)
    {
        using RecordBatch first = random.Batch(schema, rows);
        using RecordBatch second = random.Batch(schema, 1 + (rows / 3));
        byte[] file = await AvroFiles.WriteAsync(schema, [first, second], options);
        List<RecordBatch> read = await AvroFiles.ReadAsync(file, batchRows: 50);
        try
        {
            BatchAssert.EqualRows([first, second], read);
        }
        finally
        {
            read.ForEach(b => b.Dispose());
        }
    }
}
