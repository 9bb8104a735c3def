using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.Formats.Tests.Text;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

/// <summary>Bytes that nobody meant to be JSON, or that are so no longer.</summary>
[Trait("speed", "slow")]
public class HostileTests
{
    private static readonly string[] Values =
    [
        "1", "-0", "12345678901234567890", "1.25e-7", "true", "null", "\"\"", "\"a\\\"b\\\\\"", "\"\\u00e9\\ud83d\\ude00\"", "\"é中😀\"",
        "[]", "[1,[2,{\"x\":null}],\"]\"]", "{\"a\":{\"b\":[{}]},\"c\":\"}\"}", "\"\\n\\t\\/\\b\\f\\r\"", "[ 1 , 2.5 ,\tfalse ]", "\"0123456789012345678901234567890123456789\\\\\"",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Damaged_records_are_accepted_and_refused_as_by_another_parser(int seed)
    {
        var random = new Random(seed);
        byte[][] values = [.. Enumerable.Range(0, 4000).Select(_ => Mutate(random, Values[random.Next(Values.Length)]))];
        byte[][] records = [.. values.Select(v => (byte[])[.. "{\"v\":"u8, .. v, .. "}"u8])];
        byte[] file = [.. records.SelectMany(r => (byte[])[.. r, (byte)'\n'])];

        // The other parser checks no surrogates until somebody asks for the text.
        var options = new JsonOptions { Layout = JsonLayout.Lines, UnknownFields = JsonUnknownFields.Fail, LoneSurrogates = JsonLoneSurrogates.Replace, MaxDepth = 60 };
        var inspection = new FileInspection { Schema = new Schema(new Field("v", DataType.Json)), Options = options };
        FeedSizes sizes = seed % 2 == 0 ? FeedSizes.Default : JsonFiles.Small(128, 31);
        ReadResult json = await JsonFiles.ReadAsync(file, inspection, "v json", sizes);
        ReadResult text = await JsonFiles.ReadAsync(file, inspection, "v varchar", sizes);
        foreach (ReadResult read in (ReadResult[])[json, text])
        {
            Dictionary<long, RowError> errors = read.Errors.ToDictionary(e => e.Place.Line!.Value);
            using IEnumerator<string> rows = read.Rows.GetEnumerator();
            for (int i = 0; i < records.Length; i++)
            {
                bool bad = errors.TryGetValue(i + 1, out RowError? error);
                string? row = !bad && rows.MoveNext() ? rows.Current : null;
                if (bad && error!.Code.Id == "MR2106")
                {
                    // The damage made a second field.
                    continue;
                }

                string shown = Encoding.Latin1.GetString(records[i]);
                Assert.True(bad != IsJson(records[i], out string? value), $"{(bad ? "Refused" : "Accepted")}: {shown}");
                if (!bad && read == text && value is not null)
                {
                    Assert.Equal(value, JsonDocument.Parse(row!).RootElement.GetProperty("v").GetString());
                }
            }

            Assert.False(rows.MoveNext());
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task No_bytes_crash_or_hang_a_reader_or_keep_memory(int seed)
    {
        var random = new Random(seed);
        byte[] alphabet = [.. "{}[]:,\"\\ \n\r\ttfnaue0159-+.Eé"u8, 0, 0x1A, 0xFF, 0xED];
        for (int i = 0; i < 600; i++)
        {
            var bytes = new byte[random.Next(1, 200)];
            for (int k = 0; k < bytes.Length; k++)
            {
                bytes[k] = random.Next(20) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            ReadOnlySpan<byte> start = "[{\"a\":["u8[..random.Next(7)];
            start[..Math.Min(start.Length, bytes.Length)].CopyTo(bytes);
            using var leaks = new LeakCheck();
            var options = new JsonOptions
            {
                Layout = (JsonLayout)random.Next(4),
                MaxRecordBytes = 64,
                MaxDepth = 10,
                Encoding = random.Next(4) == 0 ? null : "utf-8",
                Compression = "none",
            };
            FeedSizes sizes = JsonFiles.Small(random.Next(16, 100), random.Next(1, 64));
            try
            {
                await JsonFiles.ReadAsync(bytes, options, sizes: sizes);
                await JsonFiles.ReadAsync(bytes, options, "a bigint, b array<struct<x varchar>>, u map<varchar, double>", sizes: sizes);
            }
            catch (Exception e) when (e is MillraceException or SchemaWideningException)
            {
                Assert.NotEqual("", e.Message);
            }
        }
    }

    [Theory]
    [InlineData(JsonLayout.Lines)]
    [InlineData(JsonLayout.Concatenated)]
    [InlineData(JsonLayout.Array)]
    public async Task Every_place_can_be_the_border_of_a_window_and_of_a_read(JsonLayout layout)
    {
        using var leaks = new LeakCheck();
        IEnumerable<string> records = Enumerable.Range(0, 12).Select(i => $$"""{"id":{{i}}, "s":"a\\\"é中😀\ud83d\ude00{{new string('y', i * 9)}}\\", "n":[{"x":-1.5e{{i}}},null,{}], "skip":{"a":["}",{}]},"t":true}""");
        string text = layout == JsonLayout.Array ? "\uFEFF [" + string.Join(" ,\n", records) + "] " : string.Join(layout == JsonLayout.Lines ? "\n" : " ", records);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        FileInspection inspection = await JsonFiles.InspectAsync(bytes, new JsonOptions { Layout = layout });
        const string columns = "id bigint, s varchar, n array<struct<x double>>, t boolean";
        ReadResult expected = await JsonFiles.ReadAsync(bytes, inspection, columns);
        Assert.Equal(12, expected.Rows.Count);
        for (int size = 8; size < 200; size += size < 100 ? 1 : 7)
        {
            ReadResult read = await JsonFiles.ReadAsync(bytes, inspection, columns, JsonFiles.Small(size, 1 + (size % 40)));
            Assert.Equal(expected.Rows, read.Rows);
            Assert.Equal(expected.Position, read.Position);
        }

        foreach (int chunk in (int[])[1, 2, 3, 7, 64])
        {
            var request = new FileReadRequest { Columns = expected.Schema, Declared = expected.Schema.Fields.Select(f => f.Name).ToHashSet(), Range = FileRange.Whole(bytes.Length), BatchRows = 5 };
            await using var reader = new JsonReader(new ChunkedSource(bytes, chunk), inspection, request, JsonFiles.Small(40, 10));
            var rows = new List<string>();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
            {
                rows.AddRange(ColumnText.Rows(batch));
                batch.Dispose();
            }

            Assert.Equal(expected.Rows, rows);
        }
    }

    [Fact]
    public async Task Few_bytes_cannot_stand_for_a_batch_without_end()
    {
        using var leaks = new LeakCheck();
        string fields = string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"f{i} bigint"));
        string many = "{\"a\":[" + string.Join(',', Enumerable.Repeat("{}", 6000)) + "]}\n";
        string tooMany = "{\"a\":[" + string.Join(',', Enumerable.Repeat("{}", 60_000)) + "]}\n";
        byte[] bytes = Encoding.UTF8.GetBytes(many + many + tooMany + "{\"a\":[]}\n" + many);
        foreach (JsonLayout layout in (JsonLayout[])[JsonLayout.Lines, JsonLayout.Concatenated])
        {
            var schema = new Schema(DataType.Parse($"struct<a array<struct<{fields}>>>").Children);
            var errors = new CollectedErrors();
            var request = new FileReadRequest { Columns = schema, Declared = new HashSet<string> { "a" }, Range = FileRange.Whole(bytes.Length), RowErrors = errors };
            await using IBatchReader reader = JsonFiles.Format.OpenReader(new MemoryByteSource(bytes), new FileInspection { Schema = schema, Options = new JsonOptions { Layout = layout } }, request);
            var items = new List<int>();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
            {
                var lists = (ListColumn)batch[0];
                items.AddRange(Enumerable.Range(0, batch.Length).Select(i => lists.Offsets[i + 1] - lists.Offsets[i]));
                Assert.InRange(lists.Items.Length, 0, 9000);
                batch.Dispose();
            }

            Assert.Equal([6000, 6000, 0, 6000], items);
            Assert.Equal("MR2103", Assert.Single(errors.Errors).Code.Id);
        }
    }

    [Fact]
    public async Task A_reader_that_is_left_half_way_gives_its_memory_back()
    {
        using var leaks = new LeakCheck();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"{{\"a\":{i},\"b\":[\"x\"],\"c\":{{\"d\":1}}}}\n")));
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(text.Length), BatchRows = 10 };
        await using var reader = new JsonReader(new MemoryByteSource(text), inspection, request, FeedSizes.Default);
        using RecordBatch? batch = await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(10, batch!.Length);
    }

    private static byte[] Mutate(Random random, string value)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(value)];
        ReadOnlySpan<byte> alphabet = "{}[]:,\"\\ 0123456789eE+-.tfnu\t\r"u8;
        for (int i = random.Next(3); i > 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            byte b = random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            b = b == '\n' ? (byte)' ' : b;
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = b;
                    break;
                case 2 when at < bytes.Count:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(6), bytes.Count - at)));
                    break;
                default:
                    bytes.Insert(at, b);
                    break;
            }
        }

        return [.. bytes];
    }

    // By the framework's parser; the value is that of a text, where it is one that can be decoded.
    private static bool IsJson(byte[] record, out string? value)
    {
        value = null;
        if (!Utf8.IsValid(record))
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(record, new JsonDocumentOptions { MaxDepth = 60 });
            JsonElement element = document.RootElement.GetProperty("v");
            try
            {
                value = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
