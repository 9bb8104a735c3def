namespace Millrace.Sql.Tests.Streaming;

public sealed class WatermarkColumnTests
{
    private const string Rows = """
        SELECT n AS id, TIMESTAMP '2020-01-01 00:00:00' AS created, TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '20' SECOND AS ts
        FROM generate_series(0, 8) AS s(n)
        """;

    [Fact]
    public async Task The_column_of_the_watermark_is_the_time_of_windows_that_name_none()
    {
        using StreamTable events = await StreamTable.OfAsync("events", Rows, ("ts", "ts - INTERVAL '5' SECOND"));
        Assert.Equal(
            ["2026-01-01T00:01:00.000000|3", "2026-01-01T00:02:00.000000|3", "2026-01-01T00:03:00.000000|3"],
            await StreamKit.RunAsync("SELECT _window_end, count(*) FROM events GROUP BY _window_end WINDOW TUMBLING(1m)", [events], new StreamVariant(2, 1)));
        Assert.Equal(["9|2026-01-01T00:02:40.000000"], await StreamKit.BatchAsync("SELECT count(*), max(_event_time) FROM events", [events]));
    }

    [Fact]
    public async Task It_is_no_part_of_a_star()
    {
        using StreamTable events = await StreamTable.OfAsync("events", Rows, ("ts", "ts - INTERVAL '5' SECOND"));
        Assert.Equal(3, (await StreamKit.PlanAsync("SELECT * FROM events", [events])).Schema.Count);
    }
}
