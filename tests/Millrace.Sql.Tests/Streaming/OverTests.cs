using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class OverTests
{
    // Times go back by up to three seconds.
    private const string Orders = """
        SELECT n AS id, 'c' || (n % 5) AS customer, cast(n * 37 % 101 AS bigint) AS price,
               TIMESTAMP '2026-01-01 00:00:00' + (n / 2 + n * 7 % 4) * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 119) AS s(n)
        """;

    private static readonly (string, string) Watermark = ("ts", "ts - INTERVAL '4' SECOND");

    [Theory]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts) FROM orders")]
    [InlineData("SELECT id, row_number() OVER (PARTITION BY customer ORDER BY ts, id), min(price) OVER (PARTITION BY customer ORDER BY ts, id) FROM orders")]
    [InlineData("SELECT id, avg(price) OVER (PARTITION BY customer ORDER BY ts, id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM orders")]
    [InlineData("SELECT id, lag(price) OVER (PARTITION BY customer ORDER BY ts, id), lag(id, 2, -1) OVER (PARTITION BY customer ORDER BY ts, id) FROM orders")]
    [InlineData("SELECT id, count(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW) FROM orders WHERE price > 20")]
    [InlineData("SELECT id, max(price * 2) OVER (PARTITION BY price % 3 ORDER BY ts, id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM orders")]
    [InlineData("SELECT id, sum(price) FILTER (WHERE price > 50) OVER (PARTITION BY customer ORDER BY ts, id ROWS 4 PRECEDING), lag(price) OVER (PARTITION BY customer ORDER BY ts, id) FROM orders")]
    [InlineData("SELECT count(*) OVER (ORDER BY ts), count(*) OVER (ORDER BY ts ROWS 5 PRECEDING) FROM orders")]
    public async Task Rows_are_given_once_when_time_has_passed_them(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, Watermark);
        Assert.False((await StreamKit.PlanAsync(sql, [orders])).IsChanges);
        await StreamKit.EqualsBatchAsync(sql, [orders]);
    }

    [Theory]
    [InlineData("SELECT id, lead(price) OVER (PARTITION BY customer ORDER BY ts, id) FROM orders")]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts DESC) FROM orders")]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders")]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer) FROM orders")]
    public async Task Frames_that_look_ahead_change_what_was_given(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, Watermark);
        Assert.True((await StreamKit.PlanAsync(sql, [orders])).IsChanges);
    }

    [Theory]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts, id ROWS 2 PRECEDING) FROM orders", 25)]
    [InlineData("SELECT id, sum(price) OVER (ORDER BY ts RANGE INTERVAL '2' SECOND PRECEDING) FROM orders", 25)]
    [InlineData("SELECT id, sum(price) OVER (ORDER BY ts) FROM orders", 120)]
    public async Task Rows_that_no_frame_reaches_are_dropped(string sql, int most)
    {
        // A day is added to intervals, which may be longer than they say.
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders.Replace("'1' SECOND", "'1' DAY", StringComparison.Ordinal), ("ts", "ts - INTERVAL '4' DAY"));
        StreamPlan plan = await StreamKit.PlanAsync(sql, [orders]);
        using var run = new StreamRun(plan, new Sql.Execution.QueryContext { Lanes = 1 }, new StreamSettings());
        using Columnar.RecordBatch all = orders.All.Select([.. plan.Inputs[0].Columns.Select(orders.All.Schema.Require)]);
        for (int row = 0; row < all.Length; row += 10)
        {
            using Columnar.RecordBatch some = all.Slice(row, 10);
            run.Push(0, "s", some);
            foreach (Columnar.RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
            {
                batch.Dispose();
            }
        }

        long kept = run.Status.Stages.Sum(s => s.State.Rows);
        Assert.True(kept <= most && (most < 120 || kept == most), $"{kept} rows are kept");
    }

    [Fact]
    public async Task Late_rows_are_counted()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", "SELECT n AS id, TIMESTAMP '2026-01-01 00:00:00' + CASE WHEN n = 7 THEN 1 ELSE n END * INTERVAL '1' SECOND AS ts FROM generate_series(0, 9) AS s(n)", ("ts", "ts"));
        StreamPlan plan = await StreamKit.PlanAsync("SELECT id, count(*) OVER (ORDER BY ts) FROM orders", [orders]);
        using var run = new StreamRun(plan, new Sql.Execution.QueryContext { Lanes = 1 }, new StreamSettings());
        long given = 0;
        for (int row = 0; row < 10; row++)
        {
            using Columnar.RecordBatch all = orders.All.Select([.. plan.Inputs[0].Columns.Select(orders.All.Schema.Require)]);
            using Columnar.RecordBatch some = all.Slice(row, 1);
            run.Push(0, "s", some);
            if (row == 9)
            {
                run.EndInput(0);
            }

            foreach (Columnar.RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
            {
                given += batch.Length;
                batch.Dispose();
            }
        }

        Assert.Equal(9, given);
        Assert.Equal(1, run.Status.Stages.Sum(s => s.LateRows));
    }

    [Fact]
    public async Task Changes_that_are_asked_for_do_not_wait()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, Watermark);
        var settings = new StreamSettings { Emit = EmitMode.Changes };
        const string sql = "SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts) FROM orders";
        Assert.True((await StreamKit.PlanAsync(sql, [orders], settings)).IsChanges);
        await StreamKit.EqualsBatchAsync(sql, [orders], settings);
    }
}
