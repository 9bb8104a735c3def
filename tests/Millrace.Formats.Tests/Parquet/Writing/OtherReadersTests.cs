using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Files written here, read by Rust's implementation and by hyparquet.</summary>
public class OtherReadersTests
{
    // JSON and UUID lose their meaning on the way through Arrow; intervals have parts that Parquet cannot hold.
    private static readonly TypeId[] Types = [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.Interval or TypeId.Json or TypeId.Uuid))];

    // Types that JavaScript holds whole.
    private static readonly TypeId[] PlainTypes =
        [TypeId.Boolean, TypeId.Int8, TypeId.Int32, TypeId.Int64, TypeId.UInt16, TypeId.Float64, TypeId.Float32, TypeId.Utf8, TypeId.Binary, TypeId.FixedBinary];

    [Theory]
    [InlineData(1, ParquetCompression.None)]
    [InlineData(2, ParquetCompression.Snappy)]
    [InlineData(3, ParquetCompression.Gzip)]
    [InlineData(4, ParquetCompression.Zstd)]
    [InlineData(5, ParquetCompression.Lz4Raw)]
    [InlineData(6, ParquetCompression.Brotli)]
    public async Task What_rust_reads_and_writes_again_equals_what_was_written(int seed, ParquetCompression compression)
    {
        var random = new RandomBatches(seed + 50, new() { Types = Types, NullDensity = seed % 3 * 0.3, MaxDepth = seed % 4 });
        Schema schema = RoundTripTests.Storable(random.Schema(16));
        using RecordBatch first = random.Batch(schema, 400);
        using RecordBatch second = random.Batch(schema, 250);
        var options = new ParquetOptions
        {
            Compression = compression,
            DataPageVersion = 1 + (seed % 2),
            PageRows = 120,
            RowGroupRows = 380,
            Dictionary = seed % 3 != 0,
            PageChecksums = true,
        };
        await EqualsThroughRustAsync(options, first, second);
    }

    [Theory]
    [InlineData("byte_stream_split")]
    [InlineData("delta_byte_array")]
    public async Task Rust_reads_the_encodings_that_duck_db_does_not(string encoding)
    {
        TypeId[] types = encoding == "byte_stream_split" ? [TypeId.Int32, TypeId.Int64, TypeId.Float64, TypeId.FixedBinary] : [TypeId.FixedBinary, TypeId.Utf8];
        var random = new RandomBatches(4, new() { Types = types });
        Schema schema = random.Schema(12);
        using RecordBatch batch = random.Batch(schema, 500);
        await EqualsThroughRustAsync(new ParquetOptions { Encodings = schema.Fields.ToDictionary(f => f.Name, _ => encoding), PageRows = 150 }, batch);
    }

    [Theory]
    [InlineData(ParquetCompression.None)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Lz4Raw)]
    [InlineData(ParquetCompression.Brotli)]
    public async Task Pages_of_nulls_only_are_read_by_all(ParquetCompression compression)
    {
        var random = new RandomBatches(8, new() { NullDensity = 1 });
        DataType[] types = [DataType.Boolean, DataType.Int32, DataType.Float64, DataType.Utf8, DataType.FixedBinary(5), DataType.List(DataType.Int64), DataType.Decimal(30, 2)];
        using RecordBatch batch = random.Batch(new Schema(types.Select((t, i) => new Field($"c{i}", t))), 50);
        foreach (int version in new[] { 1, 2 })
        {
            var options = new ParquetOptions { Compression = compression, DataPageVersion = version, PageRows = 30 };
            await EqualsThroughRustAsync(options, batch);
            using WrittenFile file = await WrittenFile.FromAsync(options, batch);
            DuckDbCompare.Equal(file, batch);
            JsonArray rows = NodeOracle.Ask("hyparquet-read", new JsonObject { ["file"] = file.Path }).AsArray();
            Assert.All(rows, r => Assert.All(r!.AsObject(), c => Assert.Null(c.Value)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Hyparquet_reads_what_was_written(int seed)
    {
        var random = new RandomBatches(seed, new() { Types = PlainTypes, NonFinite = false });
        Schema schema = random.Schema(12);
        using RecordBatch batch = random.Batch(schema, 600);
        var options = new ParquetOptions { DataPageVersion = 1 + (seed % 2), PageRows = 250, Dictionary = seed != 3 };
        using WrittenFile file = await WrittenFile.FromAsync(options, batch);
        JsonArray rows = NodeOracle.Ask("hyparquet-read", new JsonObject { ["file"] = file.Path }).AsArray();
        Assert.Equal(batch.Length, rows.Count);
        for (int row = 0; row < batch.Length; row++)
        {
            for (int column = 0; column < schema.Count; column++)
            {
                DuckDbCompare.Equal(OracleValues.Expected(batch[column], row), rows[row]![schema[column].Name], row, schema[column]);
            }
        }
    }

    private static async Task EqualsThroughRustAsync(ParquetOptions options, params RecordBatch[] batches)
    {
        using WrittenFile file = await WrittenFile.FromAsync(options, batches);
        using var again = new ParquetFile();
        NodeOracle.Ask("parquet-rewrite", new JsonObject { ["from"] = file.Path, ["to"] = again.Path });
        List<RecordBatch> read = await again.ReadAsync();
        try
        {
            BatchAssert.EqualRows(batches, read);
        }
        finally
        {
            read.ForEach(b => b.Dispose());
        }
    }
}
