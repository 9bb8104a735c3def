using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.Formats.Text;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvPlannerTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 40).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task The_ranges_together_hold_every_row_once_and_know_their_lines(int seed) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(seed);
        byte[] bytes = MessyText.Generate(random, random.Next(1, 3000));
        var options = new CsvOptions { Delimiter = ",", Quote = "\"", Escape = seed % 4 == 0 ? "\\" : "none", Header = false, SkipRows = random.Next(3), LongRows = CsvLongRows.Cut, ShortRows = CsvShortRows.Pad };
        FileInspection inspection = new() { Schema = new([new Field("a", DataType.Utf8), new Field("b", DataType.Utf8)]), Options = options };
        var whole = new CollectedErrors();
        string?[][] expected = CsvTable.ToText(await CsvTable.ReadAsync(new MemoryByteSource(bytes, "(chunks)"), inspection, inspection.Schema, errors: whole));

        long target = random.Next(1, bytes.Length + 2);
        var source = new Text.ChunkedSource(bytes, random.Next(2) == 0 ? random.Next(1, 200) : 1 << 20);
        List<FileRange> ranges = [];
        VectorWidth width = VectorWidths.Supported[random.Next(VectorWidths.Supported.Count)];
        await foreach (FileRange range in CsvPlanner.PlanAsync(source, options, target, CancellationToken.None, width))
        {
            ranges.Add(range);
        }

        var parts = new CollectedErrors();
        List<string?[]> found = [];
        foreach (FileRange range in ranges)
        {
            found.AddRange(CsvTable.ToText(await CsvTable.ReadAsync(source, inspection, inspection.Schema, range, errors: parts)));
            Assert.Equal(1 + LineCounter.Count(bytes.AsSpan(0, (int)range.Start), true), range.FirstLine);
        }

        Assert.Equal((0, bytes.Length), (ranges[0].Start, ranges[^1].End));
        Assert.Equal(ranges.Skip(1).Select(r => r.Start), ranges.SkipLast(1).Select(r => r.End));
        Assert.Equal(expected, found);
        Assert.Equal(whole.Errors.Select(e => $"{e.Place} {e.Message}"), parts.Errors.Select(e => $"{e.Place} {e.Message}"));
    });

    [Fact]
    public async Task Ranges_are_about_as_long_as_asked_for_and_come_before_the_file_is_read_to_its_end()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},\"x\n{i}\"\n")));
        var source = new CountingSource(bytes);
        FileInspection inspection = await CsvTable.InspectAsync(bytes);
        source.Read = 0;
        long? readAtFirst = null;
        List<FileRange> ranges = [];
        await foreach (FileRange range in CsvTable.Format.PlanAsync(source, inspection, 500_000, CancellationToken.None))
        {
            readAtFirst ??= source.Read;
            ranges.Add(range);
        }

        Assert.True(readAtFirst < 1_500_000, $"{readAtFirst} bytes were read for the first range.");
        Assert.All(ranges.SkipLast(1), r => Assert.InRange(r.Length, 500_000, 500_100));
        Assert.InRange(ranges[^1].Length, 250_000, 750_100);
    }

    [Fact]
    public async Task What_cannot_be_read_in_parts_is_one_range()
    {
        byte[] utf16 = Encoding.Unicode.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", 1000)));
        FileInspection inspection = await CsvTable.InspectAsync(utf16);
        await foreach (FileRange range in CsvTable.Format.PlanAsync(new MemoryByteSource(utf16), inspection, 100, CancellationToken.None))
        {
            Assert.Equal(FileRange.Whole(utf16.Length), range);
        }
    }

    private sealed class CountingSource(byte[] bytes) : IByteSource
    {
        private readonly MemoryByteSource _inner = new(bytes);

        public long Read { get; set; }

        public string Name => "t.csv";

        public long Length => bytes.Length;

        public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
        {
            int read = await _inner.ReadAsync(offset, target, cancellation);
            Read += read;
            return read;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
