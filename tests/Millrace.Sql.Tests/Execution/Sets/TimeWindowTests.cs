using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

public sealed class TimeWindowTests
{
    private const long Second = 1_000_000;

    [Theory]
    [InlineData(TimeWindowKind.Tumble, 60, 0)]
    [InlineData(TimeWindowKind.Hop, 60, 20)]
    [InlineData(TimeWindowKind.Hop, 50, 20)]
    [InlineData(TimeWindowKind.Hop, 20, 50)]
    [InlineData(TimeWindowKind.Cumulate, 60, 20)]
    public async Task Rows_fall_into_the_windows_whose_bounds_hold_their_time(TimeWindowKind kind, int size, int advance)
    {
        long[] times = [0, 1, -1, 59 * Second, 60 * Second, (60 * Second) - 1, -61 * Second, 125 * Second, 1_700_000_000 * Second];
        var expected = new List<string>();
        foreach (long time in times)
        {
            // All windows that there are around it.
            long step = (kind == TimeWindowKind.Hop ? advance : size) * Second;
            for (long start = (Floor(time, step) - 10) * step; start <= time; start += step)
            {
                long[] lengths = kind == TimeWindowKind.Cumulate ? [.. Enumerable.Range(1, size / advance).Select(i => i * advance * Second)] : [size * Second];
                expected.AddRange(lengths.Where(l => start <= time && time < start + l).Select(l => $"{time}|{start}|{start + l}"));
            }
        }

        Assert.Equal(expected, await RunAsync(times, kind, Seconds(size), advance == 0 ? null : Seconds(advance)));
    }

    [Fact]
    public async Task Months_are_those_of_the_calendar()
    {
        long[] times = [Micros(2024, 2, 29), Micros(1969, 12, 31), Micros(2023, 3, 1)];
        List<string> quarters = await RunAsync(times, TimeWindowKind.Tumble, new Interval(3, 0, 0), null);
        Assert.Equal(
            [$"{times[0]}|{Micros(2024, 1, 1)}|{Micros(2024, 4, 1)}", $"{times[1]}|{Micros(1969, 10, 1)}|{Micros(1970, 1, 1)}", $"{times[2]}|{Micros(2023, 1, 1)}|{Micros(2023, 4, 1)}"],
            quarters);
        List<string> grown = await RunAsync([Micros(2024, 2, 10)], TimeWindowKind.Cumulate, new Interval(3, 0, 0), new Interval(1, 0, 0));
        Assert.Equal(
            [$"{Micros(2024, 2, 10)}|{Micros(2024, 1, 1)}|{Micros(2024, 3, 1)}", $"{Micros(2024, 2, 10)}|{Micros(2024, 1, 1)}|{Micros(2024, 4, 1)}"],
            grown);
    }

    [Fact]
    public void Lengths_of_mixed_units_are_refused()
    {
        Assert.Equal("MR5271", Assert.Throws<MillraceException>(() => new WindowStep(TimeUnit.Microsecond, new Interval(1, 1, 0))).Code.Id);
        Assert.Equal("MR5271", Assert.Throws<MillraceException>(() => new WindowStep(TimeUnit.Millisecond, new Interval(0, 0, 1))).Code.Id);
    }

    [Fact]
    public async Task Sessions_end_where_a_key_pauses()
    {
        List<string> rows = await SqlRows.SortedAsync(
            """
            SELECT k, epoch_ms(t) / 1000, epoch_ms(window_start) / 1000, epoch_ms(window_end) / 1000
            FROM SESSION(TABLE (SELECT k, to_timestamp(s)::timestamp AS t FROM (VALUES ('a', 0), ('a', 5), ('a', 15), ('b', 3), ('a', 24), ('b', NULL)) AS v(k, s)) PARTITION BY k, DESCRIPTOR(t), INTERVAL '10' SECOND)
            """);
        Assert.Equal(["a|0|0|15", "a|15|15|34", "a|24|15|34", "a|5|0|15", "b|3|3|13"], rows);
    }

    private static async Task<List<string>> RunAsync(long[] times, TimeWindowKind kind, Interval size, Interval? advance)
    {
        var found = new List<string>();
        await LeakCheck.RunAsync(async () =>
        {
            using var builder = new FixedBuilder<long>(DataType.Timestamp());
            builder.Append(times);
            builder.AppendNull();
            Schema schema = new(new Field("t", DataType.Timestamp()));
            using var rows = new RecordBatch(schema, times.Length + 1, builder.Build());
            TestRows source = TestRows.Cut(rows, 100);
            Schema output = new([schema[0], new Field("window_start", DataType.Timestamp()), new Field("window_end", DataType.Timestamp())]);
            using RecordBatch result = await NodeRunner.RunAsync(new TimeWindowNode(output, source, 1, 0, kind, size, advance), new QueryContext { Lanes = 1 });
            source.Release();
            for (int row = 0; row < result.Length; row++)
            {
                found.Add(string.Join('|', result.Columns.Select(c => ((FixedColumn<long>)c).Values[row])));
            }
        });
        return found;
    }

    private static Interval Seconds(int seconds) => new(0, 0, seconds * 1_000_000_000L);

    private static long Floor(long value, long step) => (long)Math.Floor((decimal)value / step);

    private static long Micros(int year, int month, int day) => (long)(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalMicroseconds;
}
