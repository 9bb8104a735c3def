using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Row buffers: <c>OVER (ROWS WINDOW BUFFER …)</c>.</summary>
[Trait("speed", "slow")]
public sealed class RowBufferTests
{
    private const string Prices = """
        SELECT n AS id, 's' || (n * 7) % 3 AS s, (n * 37) % 11 AS p,
               CASE WHEN n % 29 = 0 THEN NULL ELSE TIMESTAMP '2026-01-01' + (n + CASE WHEN n > 60 THEN 40 ELSE 0 END + (n % 4) * 2) * INTERVAL '1' SECOND END AS ts
        FROM generate_series(1, 130) AS g(n)
        """;

    private static readonly (string, string) Watermark = ("ts", "ts - INTERVAL '10' SECOND");

    [Theory]
    [InlineData("SELECT id, avg(p) OVER (ROWS WINDOW BUFFER 5 ROWS PARTITION BY s ORDER BY ts EMIT ON BUFFER FULL) FROM prices")]
    [InlineData("SELECT id, sum(p * 2) OVER (ROWS WINDOW BUFFER 4 ROWS PARTITION BY s ORDER BY ts, id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EMIT ON BUFFER FULL) AS x, count(*) OVER (ROWS WINDOW BUFFER 4 ROWS PARTITION BY s ORDER BY ts, id EMIT ON BUFFER FULL) FROM prices")]
    [InlineData("SELECT id, row_number() OVER (ROWS WINDOW BUFFER 7 ROWS ORDER BY ts, id EMIT ON BUFFER FULL) FROM prices")]
    [InlineData("SELECT id, max(p) OVER (ROWS WINDOW BUFFER 50 ROWS PARTITION BY s ORDER BY ts, id EMIT ON BUFFER FULL EXPIRE AFTER INTERVAL '12' SECOND INACTIVITY) FROM prices")]
    [InlineData("SELECT id, max(p) OVER (ROWS WINDOW BUFFER 6 ROWS PARTITION BY s ORDER BY ts, id EMIT EVERY RECORD EXPIRE AFTER INTERVAL '12' SECOND INACTIVITY) FROM prices")]
    [InlineData("SELECT id, sum(p) OVER (ROWS WINDOW BUFFER 3 ROWS PARTITION BY s ORDER BY p DESC, id EMIT ON BUFFER FULL) FROM prices")]
    [InlineData("SELECT s, count(*), sum(a) FROM (SELECT s, sum(p) OVER (ROWS WINDOW BUFFER 3 ROWS PARTITION BY s ORDER BY ts, id EMIT ON BUFFER FULL) AS a FROM prices WHERE p > 1) AS q GROUP BY s")]
    public async Task Buffers_of_a_stream_give_what_those_of_a_batch_give(string sql)
    {
        using StreamTable prices = await StreamTable.OfAsync("prices", Prices, Watermark);
        await StreamKit.EqualsBatchAsync(sql, [prices]);
    }

    [Fact]
    public async Task Without_an_order_buffers_fill_as_rows_come()
    {
        using StreamTable prices = await StreamTable.OfAsync("prices", "SELECT n % 2 AS k, (n * 5) % 3 AS p FROM generate_series(1, 60) AS g(n)");
        await StreamKit.EqualsBatchAsync("SELECT k, p, first_value(p) OVER (ROWS WINDOW BUFFER 4 ROWS PARTITION BY k EMIT ON BUFFER FULL), row_number() OVER (ROWS WINDOW BUFFER 4 ROWS PARTITION BY k EMIT ON BUFFER FULL) FROM prices", [prices]);
    }

    [Fact]
    public async Task A_buffer_is_the_frame_unless_one_is_given_and_what_is_left_comes_at_the_end()
    {
        using StreamTable t = await StreamTable.OfAsync("t", "SELECT n, TIMESTAMP '2026-01-01' + n * INTERVAL '1' SECOND AS ts FROM generate_series(1, 5) AS g(n)", ("ts", "ts"));
        Assert.Equal(["1|3", "2|3", "3|7", "4|7", "5|5"], await StreamKit.BatchAsync("SELECT n, sum(n) OVER (ROWS WINDOW BUFFER 2 ROWS ORDER BY ts EMIT ON BUFFER FULL) FROM t", [t]));
        Assert.Equal(["1|1", "2|3", "3|3", "4|7", "5|5"], await StreamKit.BatchAsync("SELECT n, sum(n) OVER (ROWS WINDOW BUFFER 2 ROWS ORDER BY ts ROWS UNBOUNDED PRECEDING EMIT ON BUFFER FULL) FROM t", [t]));
        Assert.Equal(["1|1", "2|3", "3|5", "4|7", "5|9"], await StreamKit.BatchAsync("SELECT n, sum(n) OVER (ROWS WINDOW BUFFER 2 ROWS ORDER BY ts EMIT EVERY RECORD) FROM t", [t]));
    }

    [Fact]
    public async Task A_buffer_begins_anew_behind_a_time_without_rows()
    {
        const string rows = "SELECT * FROM (VALUES (1, 0), (2, 5), (3, 14), (4, 24), (5, 33)) AS v(n, s)";
        using StreamTable t = await StreamTable.OfAsync("t", $"SELECT n, TIMESTAMP '2026-01-01' + s * INTERVAL '1' SECOND AS ts FROM ({rows}) AS r", ("ts", "ts"));
        const string expire = "EXPIRE AFTER INTERVAL '10' SECOND INACTIVITY";
        Assert.Equal(["1|6", "2|6", "3|6", "4|9", "5|9"], await StreamKit.BatchAsync($"SELECT n, sum(n) OVER (ROWS WINDOW BUFFER 9 ROWS ORDER BY ts EMIT ON BUFFER FULL {expire}) FROM t", [t]));
        Assert.Equal(["1|1", "2|3", "3|6", "4|4", "5|9"], await StreamKit.BatchAsync($"SELECT n, sum(n) OVER (ROWS WINDOW BUFFER 9 ROWS ORDER BY ts EMIT EVERY RECORD {expire}) FROM t", [t]));
    }

    [Fact]
    public async Task Rows_wait_for_a_full_buffer_and_for_no_more()
    {
        using StreamTable t = await StreamTable.OfAsync("t", "SELECT n, TIMESTAMP '2026-01-01' + n * INTERVAL '1' SECOND AS ts FROM generate_series(1, 10) AS g(n)", ("ts", "ts"));
        const string sql = "SELECT n, count(*) OVER (ROWS WINDOW BUFFER 4 ROWS ORDER BY ts EMIT ON BUFFER FULL) AS c FROM t";
        StreamPlan plan = await StreamKit.PlanAsync(sql, [t]);
        Assert.False(plan.IsChanges);
        Assert.Empty(plan.Warnings);
        List<(string Row, long Weight)> given = await StreamKit.ChangesAsync(sql, [t], new StreamVariant(1, 1));
        Assert.Equal(["1|4", "2|4", "3|4", "4|4", "5|4", "6|4", "7|4", "8|4", "9|2", "10|2"], given.Select(g => g.Row));
    }

    [Fact]
    public async Task A_buffer_that_expires_is_given_row_by_row_and_does_not_grow()
    {
        using StreamTable prices = await StreamTable.OfAsync("prices", Prices, Watermark);
        StreamPlan plan = await StreamKit.PlanAsync("SELECT id, max(p) OVER (ROWS WINDOW BUFFER 6 ROWS PARTITION BY s ORDER BY ts EXPIRE AFTER INTERVAL '12' SECOND INACTIVITY) FROM prices", [prices]);
        Assert.False(plan.IsChanges);
        Assert.DoesNotContain(plan.Stages, s => s.GrowsWithInput);
    }

    [Theory]
    [InlineData("SELECT sum(n) OVER (ROWS WINDOW BUFFER 4 ROWS EXPIRE AFTER INTERVAL '1' HOUR INACTIVITY) FROM t", "order of a timestamp")]
    [InlineData("SELECT sum(n) OVER (ROWS WINDOW BUFFER 4 ROWS ORDER BY ts EXPIRE AFTER INTERVAL '0' HOUR INACTIVITY) FROM t", "window of 0")]
    [InlineData("SELECT sum(n) OVER (ROWS WINDOW BUFFER 0 ROWS EMIT ON BUFFER FULL) FROM t", "at least one")]
    public async Task A_buffer_that_makes_no_sense_is_refused(string sql, string message)
    {
        using StreamTable t = await StreamTable.OfAsync("t", "SELECT 1 AS n, TIMESTAMP '2026-01-01' AS ts");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => StreamKit.PlanAsync(sql, [t]));
        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
