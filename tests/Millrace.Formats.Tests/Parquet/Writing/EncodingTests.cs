using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

public class EncodingTests
{
    private static readonly TypeId[] FlatTypes =
        [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.List or TypeId.Struct or TypeId.Map or TypeId.Interval))];

    [Theory]
    [InlineData("plain", "BOOLEAN INT32 INT64 FLOAT DOUBLE BYTE_ARRAY FIXED_LEN_BYTE_ARRAY")]
    [InlineData("dictionary", "INT32 INT64 FLOAT DOUBLE BYTE_ARRAY FIXED_LEN_BYTE_ARRAY")]
    [InlineData("rle", "BOOLEAN")]
    [InlineData("delta_binary_packed", "INT32 INT64")]
    [InlineData("delta_length_byte_array", "BYTE_ARRAY")]
    [InlineData("delta_byte_array", "BYTE_ARRAY FIXED_LEN_BYTE_ARRAY")]
    [InlineData("byte_stream_split", "FLOAT DOUBLE")]
    public async Task Every_encoding_is_read_back_from_every_type_that_has_it(string encoding, string types)
    {
        string[] physical = types.Split(' ');
        for (int seed = 1; seed <= 4; seed++)
        {
            var random = new RandomBatches(seed, new() { Types = FlatTypes, NullDensity = seed % 2 * 0.2 });
            Field[] fields = [.. DuckDbCompare.Readable(random.Schema(40)).Fields.Where(f => physical.Contains(Physical(f.Type)))];
            var schema = new Schema(fields.AsEnumerable());
            using RecordBatch first = random.Batch(schema, 900);
            using RecordBatch second = random.Batch(schema, 100 + seed);
            var options = new ParquetOptions
            {
                Encodings = fields.ToDictionary(f => f.Name, _ => encoding),
                PageRows = seed * 250,
                DataPageVersion = 1 + (seed % 2),
            };
            using WrittenFile file = await WrittenFile.FromAsync(options, first, second);
            DuckDbCompare.Equal(file, first, second);
            string wanted = encoding == "dictionary" ? "RLE_DICTIONARY" : encoding.ToUpperInvariant();
            OracleTable chunks = NodeOracle.DuckDb($"SELECT encodings FROM parquet_metadata('{file.Path}')");
            Assert.All(Enumerable.Range(0, chunks.Rows.Count), i => Assert.Contains(wanted, chunks.Text(i, 0), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_dictionary_that_grows_too_large_gives_way_within_a_chunk()
    {
        // The first pages repeat, the later ones do not.
        using RecordBatch batch = Numbered(20_000, i => i < 4000 ? (int)((uint)i * 2654435761 % 97) : i);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { PageRows = 1000, DictionaryBytes = 8000 }, batch);
        DuckDbCompare.Equal(file, batch);
        foreach (string? encodings in Encodings(file))
        {
            Assert.Contains("RLE_DICTIONARY", encodings, StringComparison.Ordinal);
            Assert.Contains("DELTA", encodings, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Dictionaries_that_together_grow_too_large_give_way_within_a_chunk()
    {
        // Each of the columns repeats its values, and alone their dictionaries would be allowed.
        const int columns = 30;
        const int rows = 32_000;
        Field[] fields = [.. Enumerable.Range(0, columns).Select(c => new Field($"c{c}", DataType.Utf8))];
        using var leaks = new LeakCheck();
        using var batch = new RecordBatch(new Schema(fields), rows, [.. fields.Select((_, c) => Texts(rows, i => $"{i / 4} of column {c}"))]);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { DictionaryBytes = 1 << 20, PageRows = 8000, RowGroupBytes = 1 << 26 }, batch);
        DuckDbCompare.Equal(file, batch);
        string?[] closed = [.. Encodings(file).Where(e => e!.Contains("DICTIONARY", StringComparison.Ordinal) && e.Contains("DELTA", StringComparison.Ordinal))];
        string?[] open = [.. Encodings(file).Where(e => e!.Contains("DICTIONARY", StringComparison.Ordinal) && !e.Contains("DELTA", StringComparison.Ordinal))];
        Assert.Equal(columns, Encodings(file).Count);
        Assert.NotEmpty(closed);
        Assert.NotEmpty(open);
    }

    [Fact]
    public async Task Values_that_are_all_distinct_get_no_dictionary()
    {
        using RecordBatch batch = Numbered(20_000, i => i);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions(), batch);
        DuckDbCompare.Equal(file, batch);
        Assert.All(Encodings(file), e => Assert.DoesNotContain("DICTIONARY", e, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_that_repeat_get_a_dictionary_in_every_row_group()
    {
        using RecordBatch batch = Numbered(20_000, i => (int)((uint)i * 2654435761 % 97));
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { RowGroupRows = 7000, PageRows = 1500 }, batch);
        DuckDbCompare.Equal(file, batch);
        Assert.Equal(6, Encodings(file).Count);
        Assert.All(Encodings(file), e => Assert.Contains("RLE_DICTIONARY", e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a", "rle")]
    [InlineData("a", "nonsense")]
    [InlineData("z", "plain")]
    public async Task An_encoding_that_does_not_fit_is_an_error(string column, string encoding)
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbered(1, i => i);
        var options = new ParquetOptions { Encodings = new Dictionary<string, string> { [column] = encoding } };
        Assert.Equal("MR2253", (await Assert.ThrowsAsync<MillraceException>(() => WrittenFile.FromAsync(options, batch))).Code.Id);
    }

    private static Column Texts(int rows, Func<int, string> value)
    {
        var texts = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < rows; i++)
        {
            texts.Append(value(i));
        }

        return texts.Build();
    }

    private static IReadOnlyList<string?> Encodings(WrittenFile file)
    {
        OracleTable chunks = NodeOracle.DuckDb($"SELECT encodings FROM parquet_metadata('{file.Path}')");
        return [.. Enumerable.Range(0, chunks.Rows.Count).Select(i => chunks.Text(i, 0))];
    }

    private static RecordBatch Numbered(int rows, Func<int, int> value)
    {
        var numbers = new FixedBuilder<int>(DataType.Int32);
        var texts = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < rows; i++)
        {
            numbers.Append(value(i));
            texts.Append($"text {value(i)}");
        }

        return new RecordBatch(new Schema(new Field("a", DataType.Int32), new Field("b", DataType.Utf8)), rows, numbers.Build(), texts.Build());
    }

    private static string Physical(DataType type) => type.Id switch
    {
        TypeId.Boolean => "BOOLEAN",
        TypeId.Dictionary => Physical(type.DictionaryValue),
        TypeId.Float32 => "FLOAT",
        TypeId.Float64 => "DOUBLE",
        TypeId.Utf8 or TypeId.Json or TypeId.Binary => "BYTE_ARRAY",
        TypeId.Uuid or TypeId.FixedBinary => "FIXED_LEN_BYTE_ARRAY",
        TypeId.Decimal => type.Precision <= 9 ? "INT32" : type.Precision <= 18 ? "INT64" : "FIXED_LEN_BYTE_ARRAY",
        TypeId.Int64 or TypeId.UInt64 or TypeId.Timestamp => "INT64",
        TypeId.Time => type.Unit <= TimeUnit.Millisecond ? "INT32" : "INT64",
        _ => "INT32",
    };
}
