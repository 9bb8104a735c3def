using System.Text;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

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
