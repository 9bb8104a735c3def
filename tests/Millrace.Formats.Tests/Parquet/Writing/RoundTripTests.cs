using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class RoundTripTests
{
    private static readonly TypeId[] Types = [.. Enum.GetValues<TypeId>().Where(t => t != TypeId.Interval)];

    [Theory]
    [InlineData(ParquetCompression.None)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    [InlineData(ParquetCompression.Zstd)]
    [InlineData(ParquetCompression.Lz4Raw)]
    [InlineData(ParquetCompression.Brotli)]
    public async Task Random_batches_of_all_types_come_back_as_they_were(ParquetCompression compression)
    {
        using var leaks = new LeakCheck();
        for (int seed = 1; seed <= 6; seed++)
        {
            var random = new RandomBatches(seed * 31, new() { Types = Types, Sliced = seed % 2 == 0, NullDensity = seed % 3 * 0.3, MaxDepth = seed % 4 });
            Schema schema = Storable(random.Schema(20));
            using RecordBatch first = random.Batch(schema, 500);
            using RecordBatch second = random.Batch(schema, 300);
            var options = new ParquetOptions
            {
                Compression = compression,
                DataPageVersion = 1 + (seed % 2),
                PageRows = 90 * seed,
                RowGroupRows = seed % 3 == 0 ? 350 : 100_000,
                Dictionary = seed % 4 != 0,
                DeltaEncodings = seed % 5 != 0,
                PageChecksums = seed % 2 == 0,
                PageIndex = seed % 3 != 0,
                Statistics = seed != 5,
            };
            await EqualsAsync(options, first, second);
        }
    }

    [Fact]
    public async Task Split_streams_come_back_from_every_type_that_has_them()
    {
        using var leaks = new LeakCheck();
        TypeId[] types = [TypeId.Int8, TypeId.Int64, TypeId.UInt32, TypeId.Float32, TypeId.Float64, TypeId.Decimal, TypeId.Uuid, TypeId.FixedBinary, TypeId.Timestamp];
        var random = new RandomBatches(77, new() { Types = types });
        Schema schema = Storable(random.Schema(30));
        using RecordBatch batch = random.Batch(schema, 1000);
        var options = new ParquetOptions { Encodings = schema.Fields.ToDictionary(f => f.Name, _ => "byte_stream_split"), PageRows = 300 };
        await EqualsAsync(options, batch);
    }

    [Fact]
    public async Task Texts_larger_than_a_page_come_back()
    {
        using var leaks = new LeakCheck();
        var texts = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < 50; i++)
        {
            texts.Append(new string((char)('a' + (i % 26)), (i % 7) * 9000));
        }

        using var batch = new RecordBatch(new Schema(new Field("t", DataType.Utf8)), 50, texts.Build());
        await EqualsAsync(new ParquetOptions { PageBytes = 20_000, RowGroupBytes = 65_536, Compression = ParquetCompression.None }, batch);
        await EqualsAsync(new ParquetOptions { PageBytes = 20_000, Encodings = new Dictionary<string, string> { ["t"] = "delta_byte_array" } }, batch);
    }

    [Fact]
    public async Task Pages_that_refer_to_a_dictionary_come_as_dictionaries_and_the_others_do_not()
    {
        using var leaks = new LeakCheck();
        const int rows = 3000;
        using var few = new BinaryBuilder(DataType.Utf8);
        using var many = new BinaryBuilder(DataType.Utf8);
        using var absent = new BinaryBuilder(DataType.Utf8);
        var random = new Random(4);
        for (int row = 0; row < rows; row++)
        {
            // Nulls at the start, so that values are moved over slots that were never written.
            if (row < 40 || row % 7 == 0)
            {
                few.AppendNull();
            }
            else
            {
                few.Append($"value {random.Next(20)}");
            }

            // So many that the writer gives the dictionary up after some pages.
            many.Append(row < 600 ? $"{row % 3}" : $"text {row}");
            absent.AppendNull();
        }

        var schema = new Schema(new Field("few", DataType.Utf8), new Field("many", DataType.Utf8), new Field("absent", DataType.Utf8));
        using var batch = new RecordBatch(schema, rows, few.Build(), many.Build(), absent.Build());
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 150, DictionaryBytes = 4096 }, batch);
        byte[] bytes = await File.ReadAllBytesAsync(file.Path);
        Assert.Equal(0, await EqualsAsync(bytes, keepsDictionaries: false, batch));
        Assert.InRange(await EqualsAsync(bytes, keepsDictionaries: true, batch), rows / 170, rows / 170 * 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    public async Task Texts_of_one_length_come_back_from_a_dictionary(int length)
    {
        using var leaks = new LeakCheck();
        var even = new BinaryBuilder(DataType.Utf8);
        var gaps = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < 3000; i++)
        {
            string text = new((char)('a' + (i * i % 7)), length);
            even.Append(text);
            if (i % 5 == 0)
            {
                gaps.AppendNull();
            }
            else
            {
                gaps.Append(text);
            }
        }

        using var batch = new RecordBatch(new Schema(new Field("even", DataType.Utf8), new Field("gaps", DataType.Utf8)), 3000, even.Build(), gaps.Build());
        await EqualsAsync(new ParquetOptions { PageRows = 700 }, batch);
    }

    // Parquet has no seconds and does not keep the name of a zone.
    internal static Schema Storable(Schema schema) => new(schema.Fields.Select(Storable));

    private static Field Storable(Field field) => field.WithType(field.Type.Id switch
    {
        TypeId.Time when field.Type.Unit == TimeUnit.Second => DataType.Time(TimeUnit.Millisecond),
        TypeId.Timestamp => DataType.Timestamp(field.Type.Unit == TimeUnit.Second ? TimeUnit.Millisecond : field.Type.Unit, field.Type.TimeZone is null ? null : "UTC"),
        TypeId.List => DataType.List(Storable(field.Type.Element)),
        TypeId.Map => DataType.Map(field.Type.Children[0].Type, Storable(field.Type.Children[1])),
        TypeId.Struct => DataType.Struct([.. field.Type.Children.Select(Storable)]),
        _ => field.Type,
    });

    private static async Task EqualsAsync(ParquetOptions options, params RecordBatch[] batches)
    {
        using WrittenFile file = await WrittenFile.FromAsync(options, batches);
        byte[] bytes = await File.ReadAllBytesAsync(file.Path);
        await EqualsAsync(bytes, keepsDictionaries: false, batches);
        await EqualsAsync(bytes, keepsDictionaries: true, batches);
    }

    // Returns how many columns of batches came as dictionaries.
    private static async Task<int> EqualsAsync(byte[] bytes, bool keepsDictionaries, params RecordBatch[] batches)
    {
        List<RecordBatch> read = await ParquetFile.ReadAsync(bytes, i => ParquetFile.Everything(i) with { KeepsDictionaries = keepsDictionaries, BatchRows = keepsDictionaries ? 170 : RecordBatch.DefaultRows });
        RecordBatch[] plain = [.. read.Select(Dictionaries.Decode)];
        try
        {
            BatchAssert.EqualRows(batches, plain);
            return read.Sum(b => b.Columns.Count(c => c is DictionaryColumn));
        }
        finally
        {
            read.ForEach(b => b.Dispose());
            Array.ForEach(plain, b => b.Dispose());
        }
    }
}
