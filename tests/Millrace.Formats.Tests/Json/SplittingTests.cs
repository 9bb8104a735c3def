using System.Text;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

[Trait("speed", "slow")]
public class SplittingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Ranges_hold_every_row_once_in_order(int seed)
    {
        using var leaks = new LeakCheck();
        byte[] text = RandomLines(seed, seed % 2 == 0 ? "\n" : "\r\n", endsWithNewline: seed % 3 != 0, mark: seed % 2 == 0);
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        ReadResult whole = await JsonFiles.ReadAsync(text, inspection);
        Assert.Empty(whole.Errors);
        foreach (long target in (long[])[1, 7, 64, 1000, 5000, 1 << 20])
        {
            var rows = new List<string>();
            long next = 0;
            await foreach (FileRange range in JsonFiles.Format.PlanAsync(new MemoryByteSource(text), inspection, target, TestContext.Current.CancellationToken))
            {
                Assert.Equal(next, range.Start);
                next = range.End;
                ReadResult part = await JsonFiles.ReadAsync(text, inspection, sizes: JsonFiles.Small(64, 16), range: range);
                Assert.Equal(range.End, part.Position.Offset);
                rows.AddRange(part.Rows);
            }

            Assert.Equal(text.Length, next);
            Assert.Equal(whole.Rows, rows);
        }
    }

    [Fact]
    public async Task A_range_that_ends_within_a_line_holds_that_line()
    {
        using var leaks = new LeakCheck();
        byte[] text = RandomLines(9, "\n", endsWithNewline: true, mark: false);
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        ReadResult whole = await JsonFiles.ReadAsync(text, inspection);
        for (int end = 1; end < text.Length; end += 37)
        {
            ReadResult part = await JsonFiles.ReadAsync(text, inspection, sizes: end % 2 == 0 ? JsonFiles.Small(64, 16) : null, range: new FileRange(0, end));
            int lines = text.AsSpan(0, end).Count((byte)'\n') + (text[end - 1] == '\n' ? 0 : 1);
            Assert.Equal(whole.Rows.Take(lines), part.Rows);
            ReadResult rest = await JsonFiles.ReadAsync(text, inspection, range: new FileRange(part.Position.Offset, text.Length));
            Assert.Equal(whole.Rows.Skip(lines), rest.Rows);
        }
    }

    [Fact]
    public async Task A_line_that_is_too_long_leads_out_of_the_range_only_once()
    {
        using var leaks = new LeakCheck();
        byte[] text = Encoding.UTF8.GetBytes($"{{\"a\":1}}\n{{\"b\":\"{new string('x', 3000)}\"}}\n{{\"a\":3}}\n{{\"a\":4}}\n");
        FileInspection inspection = await JsonFiles.InspectAsync("{\"a\":1}\n", new JsonOptions { MaxRecordBytes = 1000 });
        for (int end = 10; end < 3000; end += 271)
        {
            ReadResult part = await JsonFiles.ReadAsync(text, inspection, sizes: JsonFiles.Small(64, 16), range: new FileRange(0, end));
            Assert.Equal(["""{"a":1}"""], part.Rows);
            Assert.Single(part.Errors);
            ReadResult rest = await JsonFiles.ReadAsync(text, inspection, sizes: JsonFiles.Small(64, 16), range: new FileRange(part.Position.Offset, text.Length));
            Assert.Equal(["""{"a":3}""", """{"a":4}"""], rest.Rows);
        }
    }

    [Theory]
    [InlineData(JsonLayout.Lines, null)]
    [InlineData(JsonLayout.Concatenated, null)]
    [InlineData(JsonLayout.Array, null)]
    [InlineData(JsonLayout.Array, "d.r")]
    public async Task A_range_from_the_position_holds_the_remaining_rows(JsonLayout layout, string? path)
    {
        using var leaks = new LeakCheck();
        IEnumerable<string> records = Enumerable.Range(0, 9).Select(i => $"{{\"a\":{i}}}");
        string text = layout == JsonLayout.Array ? $"[ {string.Join(" , ", records)} ]" : string.Join(layout == JsonLayout.Lines ? "\n" : " ", records);
        byte[] bytes = Encoding.UTF8.GetBytes(path is null ? text : $"{{\"d\":{{\"q\":[],\"r\":{text},\"s\":[{{\"a\":99}}]}}}}");
        FileInspection inspection = await JsonFiles.InspectAsync(bytes, new JsonOptions { Layout = layout, Records = path });
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(bytes.Length), BatchRows = 1 };
        foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(32, 3)])
        {
            await using var reader = new JsonReader(new MemoryByteSource(bytes), inspection, request, sizes);
            for (int done = 1; await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch; done++)
            {
                batch.Dispose();
                Assert.Equal(done, reader.Position.Row);
                ReadResult rest = await JsonFiles.ReadAsync(bytes, inspection, sizes: sizes, range: new FileRange(reader.Position.Offset, bytes.Length));
                Assert.Equal(records.Skip(done), rest.Rows);
            }

            ReadResult none = await JsonFiles.ReadAsync(bytes, inspection, sizes: sizes, range: new FileRange(reader.Position.Offset, bytes.Length));
            Assert.Empty(none.Rows);
        }
    }

    [Fact]
    public async Task Arrays_and_compressed_files_are_one_range()
    {
        byte[] text = Encoding.UTF8.GetBytes("[" + string.Join(",\n", Enumerable.Repeat("{\"a\":1}", 100)) + "]");
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        var ranges = new List<FileRange>();
        await foreach (FileRange range in JsonFiles.Format.PlanAsync(new MemoryByteSource(text), inspection, 10, TestContext.Current.CancellationToken))
        {
            ranges.Add(range);
        }

        Assert.Equal(FileRange.Whole(text.Length), Assert.Single(ranges));
    }

    private static byte[] RandomLines(int seed, string newline, bool endsWithNewline, bool mark)
    {
        var random = new Random(seed);
        IEnumerable<string> lines = Enumerable.Range(0, 200).Select(i => $"{{\"i\":{i},\"s\":\"{new string('x', random.Next(80))}\",\"e\":\"\\n\\\"é\"}}");
        string text = string.Join(newline, lines) + (endsWithNewline ? newline : "");
        return Encoding.UTF8.GetBytes((mark ? "\uFEFF" : "") + text);
    }
}
