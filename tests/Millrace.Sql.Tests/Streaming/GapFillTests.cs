using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>GAP_FILL, and what fills the gaps.</summary>
[Trait("speed", "slow")]
public sealed class GapFillTests
{
    private const string Measures = """
        SELECT 'd' || (n * 7) % 3 AS d, CASE WHEN n % 5 = 0 THEN NULL ELSE n * 1.5e0 END AS v,
               TIMESTAMP '2026-01-01' + (n * 9 + (n % 4) * 40 + CASE WHEN n > 40 THEN 400 ELSE 0 END) * INTERVAL '1' SECOND AS ts
        FROM generate_series(1, 80) AS g(n)
        """;

    [Theory]
    [InlineData("SELECT window_start, d, n FROM GAP_FILL((SELECT window_start, d, count(*) AS n FROM TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, d) PARTITION BY d, DESCRIPTOR(window_start), INTERVAL '1' MINUTE)")]
    [InlineData("SELECT t, d, locf(a) OVER (PARTITION BY d ORDER BY t) FROM GAP_FILL((SELECT window_end AS t, d, max(v) AS a FROM TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '30' SECOND) GROUP BY window_start, window_end, d) PARTITION BY (d), DESCRIPTOR(t), INTERVAL '30' SECOND)")]
    [InlineData("SELECT t, d, interpolate(a, t) OVER (PARTITION BY d ORDER BY t) FROM GAP_FILL((SELECT window_end AS t, d, max(v) AS a FROM TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '30' SECOND) GROUP BY window_start, window_end, d) PARTITION BY d, DESCRIPTOR(t), INTERVAL '30' SECOND)")]
    [InlineData("SELECT * FROM GAP_FILL(TABLE m PARTITION BY d, DESCRIPTOR(ts), INTERVAL '7' SECOND)")]
    public async Task Gaps_of_a_stream_are_filled_as_those_of_a_batch(string sql)
    {
        using StreamTable measures = await StreamTable.OfAsync("m", Measures, ("ts", "ts - INTERVAL '200' SECOND"));
        await StreamKit.EqualsBatchAsync(sql, [measures]);
    }

    [Fact]
    public async Task A_stream_with_a_watermark_gives_each_row_once_and_keeps_one_row_of_each_partition()
    {
        using StreamTable measures = await StreamTable.OfAsync("m", Measures, ("ts", "ts - INTERVAL '200' SECOND"));
        StreamPlan plan = await StreamKit.PlanAsync("SELECT * FROM GAP_FILL(TABLE m PARTITION BY d, DESCRIPTOR(ts), INTERVAL '7' SECOND)", [measures]);
        Assert.False(plan.IsChanges);
        Assert.DoesNotContain(plan.Stages, s => s.GrowsWithInput);
    }

    [Fact]
    public async Task Times_between_the_rows_of_a_partition_get_rows_with_nulls()
    {
        const string rows = "SELECT k, TIMESTAMP '2026-01-01' + s * INTERVAL '1' MINUTE AS ts, x, y FROM (VALUES ('a', 0, 1, 'p'), ('a', 3, 4, 'q'), ('a', 3, 5, 'r'), ('b', 1, 2, 's'), ('b', 2, NULL, 't')) AS v(k, s, x, y)";
        using StreamTable t = await StreamTable.OfAsync("t", rows);
        Assert.Equal(
            ["a|0|1|p", "a|1|-|-", "a|2|-|-", "a|3|4|q", "a|3|5|r", "b|1|2|s", "b|2|-|t"],
            await StreamKit.BatchAsync("SELECT k, extract(minute FROM ts)::int, coalesce(x::varchar, '-'), coalesce(y, '-') FROM GAP_FILL(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE)", [t]));
        Assert.Equal(["0", "1", "2", "3", "3"], await StreamKit.BatchAsync("SELECT extract(minute FROM g.ts)::int FROM GAP_FILL((SELECT ts FROM t WHERE k = 'a'), DESCRIPTOR(ts), INTERVAL '1' MINUTE) AS g", [t]));
    }

    [Fact]
    public async Task Months_are_steps_too()
    {
        using StreamTable t = await StreamTable.OfAsync("t", "SELECT * FROM (VALUES (TIMESTAMP '2026-01-01', 1), (TIMESTAMP '2026-04-01', 4)) AS v(ts, x)");
        Assert.Equal(["1|1", "2|0", "3|0", "4|4"], await StreamKit.BatchAsync("SELECT extract(month FROM ts)::int, coalesce(x, 0) FROM GAP_FILL(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MONTH)", [t]));
    }

    [Theory]
    [InlineData("1", new[] { "2026-01-31", "2026-04-30" }, new[] { "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30" })]
    [InlineData("1", new[] { "2026-01-31", "2026-05-31" }, new[] { "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31" })]
    [InlineData("1", new[] { "2026-02-28", "2026-05-31" }, new[] { "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31" })]
    [InlineData("3", new[] { "2025-08-31", "2026-05-31" }, new[] { "2025-08-31", "2025-11-30", "2026-02-28", "2026-05-31" })]
    [InlineData("1", new[] { "2026-01-31", "2026-04-15" }, new[] { "2026-01-31", "2026-02-15", "2026-03-15", "2026-04-15" })]
    public async Task The_ends_of_months_stay_ends_of_months(string months, string[] days, string[] filled)
    {
        using StreamTable t = await StreamTable.OfAsync("t", $"SELECT * FROM (VALUES {string.Join(", ", days.Select(d => $"(TIMESTAMP '{d} 12:00:00')"))}) AS v(ts)");
        string sql = $"SELECT ts FROM GAP_FILL(TABLE t, DESCRIPTOR(ts), INTERVAL '{months}' MONTH)";
        Assert.Equal(filled.Select(d => d + " 12:00:00"), await StreamKit.BatchAsync($"SELECT ts::varchar FROM ({sql}) AS g", [t]));
        await StreamKit.EqualsBatchAsync(sql, [t]);
    }

    [Theory]
    [InlineData("SELECT * FROM GAP_FILL(TABLE t, DESCRIPTOR(x), INTERVAL '1' MINUTE)", "is a integer")]
    [InlineData("SELECT * FROM GAP_FILL(TABLE t PARTITION BY x + 1, DESCRIPTOR(ts), INTERVAL '1' MINUTE)", "partitioned by columns")]
    [InlineData("SELECT * FROM GAP_FILL(TABLE t, DESCRIPTOR(ts), INTERVAL '0' MINUTE)", "more than nothing")]
    public async Task What_cannot_be_filled_is_refused(string sql, string message)
    {
        using StreamTable t = await StreamTable.OfAsync("t", "SELECT TIMESTAMP '2026-01-01' AS ts, 1 AS x");
        Assert.Contains(message, (await Assert.ThrowsAsync<MillraceException>(() => StreamKit.PlanAsync(sql, [t]))).Message, StringComparison.Ordinal);
    }
}
