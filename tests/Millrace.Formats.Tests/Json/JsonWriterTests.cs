using System.Text;
using System.Text.Json;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class JsonWriterTests
{
    private static readonly TypeId[] RoundTrips = [.. Enum.GetValues<TypeId>().Where(t => t is not (TypeId.Json or TypeId.Dictionary))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_is_written_is_read_back(int seed)
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(seed, new RandomOptions { Types = RoundTrips, Sliced = seed % 2 == 0, MaxDepth = 3, NullDensity = seed % 3 * 0.3 });
        Schema schema = random.Schema(6);
        using RecordBatch first = random.Batch(schema, 40);
        using RecordBatch second = random.Batch(schema, 3);
        JsonOptions options = new()
        {
            Layout = (JsonLayout)(seed % 4),
            WriteNulls = seed % 3 != 0,
            Bytes = (JsonBytes)(seed % 2),
            Compression = seed % 5 == 0 ? "gzip" : "none",
            Records = seed % 8 == 3 ? "data.it\"ems" : null,
        };
        byte[] file = await WriteAsync(schema, options, first, second);
        var inspection = new FileInspection
        {
            Schema = schema,
            Options = options with { Layout = options.Layout == JsonLayout.Auto ? JsonLayout.Lines : options.Layout },
        };
        FeedSizes sizes = seed % 2 == 0 ? FeedSizes.Default : JsonFiles.Small(64 + seed, 1 + seed);
        List<RecordBatch> read = await ReadAsync(file, inspection, sizes);
        BatchAssert.EqualRows([first, second], read);
        read.ForEach(b => b.Dispose());
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 48)];

    [Fact]
    public async Task Each_record_is_what_another_reader_understands()
    {
        using var leaks = new LeakCheck();
        var random = new RandomBatches(7, new RandomOptions { Types = RoundTrips, MaxDepth = 3 });
        using RecordBatch batch = random.Batch(random.Schema(8), 100);
        string[] lines = Encoding.UTF8.GetString(await WriteAsync(batch.Schema, new JsonOptions(), batch)).Split('\n');
        Assert.Equal(batch.Length + 1, lines.Length);
        Assert.Equal("", lines[^1]);
        for (int i = 0; i < batch.Length; i++)
        {
            using JsonDocument document = JsonDocument.Parse(lines[i]);
            Assert.Equal(batch.Schema.Fields.Select(f => f.Name), document.RootElement.EnumerateObject().Select(p => p.Name));
            for (int c = 0; c < batch.Schema.Count; c++)
            {
                JsonElement value = document.RootElement.GetProperty(batch.Schema[c].Name);
                Assert.Equal(batch[c].IsNull(i), value.ValueKind == JsonValueKind.Null);
                if (batch.Schema[c].Type.Id == TypeId.Utf8 && !batch[c].IsNull(i))
                {
                    Assert.Equal(((BinaryColumn)batch[c]).GetString(i), value.GetString());
                }
            }
        }
    }

    [Fact]
    public async Task Every_type_has_its_form()
    {
        using var leaks = new LeakCheck();
        const string values = """{"a":-9223372036854775808,"b":18446744073709551615,"c":"NaN","d":12345678901234567890.123456789012345678,"e":"AQL/","f":"2024-02-29T12:30:00.5Z","g":{"1":[true,null]},"h":"01234567-89ab-cdef-0123-456789abcdef","i":"12:00:00","k":{"x":"\u0001\u001f\n\"\\é😀"}}""";
        const string columns = "a bigint, b ubigint, c double, d decimal(38,18), e bytes, f timestamptz, g map<integer, array<boolean>>, h uuid, i time, k struct<x varchar>";
        var inspection = new FileInspection { Schema = new Schema(DataType.Parse($"struct<{columns}>").Children), Options = new JsonOptions { Layout = JsonLayout.Lines } };
        List<RecordBatch> read = await ReadAsync(Encoding.UTF8.GetBytes(values), inspection, FeedSizes.Default);
        byte[] written = await WriteAsync(inspection.Schema, new JsonOptions(), [.. read]);
        Assert.Equal(values + "\n", Encoding.UTF8.GetString(written));
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Json_stays_json_on_one_line_and_other_text_becomes_a_text()
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Json);
        foreach (string value in (string[])["{\"a\":\r\n [1.50, 2]}", "no json", "", "1 2", "{\"a\":\"line\nbreak\"}", "null"])
        {
            builder.Append(value);
        }

        using var batch = new RecordBatch(new Schema(new Field("j", DataType.Json)), 6, builder.Build());
        byte[] written = await WriteAsync(batch.Schema, new JsonOptions(), batch);
        Assert.Equal(
            """
            {"j":{"a":   [1.50, 2]}}
            {"j":"no json"}
            {"j":""}
            {"j":"1 2"}
            {"j":"{\"a\":\"line\nbreak\"}"}
            {"j":null}

            """,
            Encoding.UTF8.GetString(written));
    }

    [Fact]
    public async Task A_dictionary_is_written_as_its_values()
    {
        using var leaks = new LeakCheck();
        using var builder = new DictionaryBuilder(DataType.Dictionary(DataType.Utf8));
        ((BinaryBuilder)builder.Dictionary).Append("x");
        ((BinaryBuilder)builder.Dictionary).Append("y\t");
        builder.Append(1);
        builder.AppendNull();
        builder.Append(0);
        using var batch = new RecordBatch(new Schema(new Field("d", builder.Type)), 3, builder.Build());
        Assert.Equal("{\"d\":\"y\\t\"}\n{\"d\":null}\n{\"d\":\"x\"}\n", Encoding.UTF8.GetString(await WriteAsync(batch.Schema, new JsonOptions(), batch)));
        Assert.Equal("{\"d\":\"y\\t\"}\n{}\n{\"d\":\"x\"}\n", Encoding.UTF8.GetString(await WriteAsync(batch.Schema, new JsonOptions { WriteNulls = false }, batch)));
    }

    [Fact]
    public async Task An_empty_array_is_written_without_rows()
        => Assert.Equal("[]\n", Encoding.UTF8.GetString(await WriteAsync(new Schema(new Field("a", DataType.Int64)), new JsonOptions { Layout = JsonLayout.Array })));

    [Fact]
    public void A_map_with_keys_that_are_no_names_is_refused()
    {
        using var leaks = new LeakCheck();
        MillraceException error = Assert.Throws<MillraceException>(
            () => JsonFiles.Format.OpenWriter(new StreamByteTarget(Stream.Null), new Schema(new Field("m", DataType.Map(DataType.Float64, DataType.Utf8))), new JsonOptions()));
        Assert.Equal("MR2003", error.Code.Id);
    }

    private static async Task<byte[]> WriteAsync(Schema schema, JsonOptions options, params RecordBatch[] batches)
    {
        var stream = new MemoryStream();
        await using IBatchWriter writer = JsonFiles.Format.OpenWriter(new StreamByteTarget(stream), schema, options);
        foreach (RecordBatch batch in batches)
        {
            await writer.WriteAsync(batch, TestContext.Current.CancellationToken);
        }

        Assert.Equal(batches.Sum(b => b.Length), writer.Rows);
        await writer.FinishAsync(TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static async Task<List<RecordBatch>> ReadAsync(byte[] file, FileInspection inspection, FeedSizes sizes)
    {
        var request = new FileReadRequest
        {
            Columns = inspection.Schema,
            Declared = inspection.Schema.Fields.Select(f => f.Name).ToHashSet(),
            Range = FileRange.Whole(file.Length),
            BatchRows = 16,
        };
        var batches = new List<RecordBatch>();
        await using var reader = new JsonReader(new MemoryByteSource(file, "test.json"), inspection, request, sizes);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
        {
            batches.Add(batch);
        }

        return batches;
    }
}
