using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class PartitionTests
{
    private const string Orders = """
        SELECT n AS id, 'c' || (n % 7) AS customer, cast(n * 37 % 101 AS bigint) AS price, n * 7 % 4 AS kind,
               TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 119) AS s(n)
        """;

    [Theory]
    [InlineData("SELECT customer, price FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY price DESC, id) AS rn FROM orders) r WHERE rn <= 2")]
    [InlineData("SELECT customer, id, rn FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY price, id) AS rn FROM orders) r WHERE rn = 2")]
    [InlineData("SELECT customer, id, rn FROM (SELECT *, rank() OVER (PARTITION BY customer || kind ORDER BY price % 5) AS rn FROM orders) r WHERE rn < 3 AND id % 2 = 0")]
    [InlineData("SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY kind ORDER BY ts DESC) = 1")]
    [InlineData("SELECT kind FROM orders ORDER BY kind LIMIT 9")]
    [InlineData("SELECT kind, count(*) OVER (PARTITION BY kind) FROM orders ORDER BY kind LIMIT 9 OFFSET 3")]
    [InlineData("SELECT price, kind FROM orders QUALIFY rank() OVER (PARTITION BY kind ORDER BY price % 7 DESC) <= 2")]
    [InlineData("SELECT id, sum(price) OVER (PARTITION BY customer ORDER BY ts), lag(price) OVER (PARTITION BY customer ORDER BY ts) FROM orders")]
    [InlineData("SELECT id, avg(price) OVER (PARTITION BY kind ORDER BY price, id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING), ntile(3) OVER (ORDER BY id) FROM orders WHERE id < 40")]
    [InlineData("SELECT DISTINCT ON (customer) customer, price, id FROM orders ORDER BY customer, price DESC, id")]
    [InlineData("SELECT id, price FROM orders ORDER BY price DESC, id LIMIT 5 OFFSET 2")]
    [InlineData("SELECT n, row_number() OVER (ORDER BY n, customer) AS rn FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) c QUALIFY rn <= 3")]
    [InlineData("SELECT customer, n FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) c ORDER BY n DESC, customer LIMIT 2")]
    [InlineData("SELECT max(s), count(*) FROM (SELECT sum(price) OVER (PARTITION BY kind) AS s FROM orders) w")]
    public async Task Keys_are_computed_anew_when_their_rows_change(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '5' SECOND"));
        await StreamKit.EqualsBatchAsync(sql, [orders]);
    }

    [Theory]
    [InlineData("SELECT id FROM orders ORDER BY price", true)]
    [InlineData("SELECT id FROM orders ORDER BY price LIMIT 5", false)]
    [InlineData("SELECT id FROM orders", false)]
    public async Task An_order_without_a_limit_is_told_to_do_nothing(string sql, bool isTold)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders);
        StreamPlan plan = await StreamKit.PlanAsync(sql, [orders]);

        Assert.Equal(isTold, plan.Warnings.Any(w => w.Contains("ORDER BY without LIMIT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("SELECT customer, price FROM orders QUALIFY row_number() OVER (PARTITION BY customer ORDER BY price DESC, id) <= 2", 14)]
    [InlineData("SELECT customer, price, rank() OVER (PARTITION BY customer ORDER BY price DESC, id) AS r FROM orders QUALIFY r <= 2", 14)]
    [InlineData("SELECT id, price FROM orders ORDER BY price, id LIMIT 5", 5)]
    [InlineData("SELECT id, price FROM orders ORDER BY price, id LIMIT 5 OFFSET 3", 8)]
    [InlineData("SELECT DISTINCT ON (customer) customer, id FROM orders ORDER BY customer, price, id", 7)]
    public async Task Rows_that_can_never_be_among_the_best_are_not_kept(string sql, int kept)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders);
        StreamPlan plan = await StreamKit.PlanAsync(sql, [orders]);
        using var run = new StreamRun(plan, new Sql.Execution.QueryContext { Lanes = 1 }, new StreamSettings());
        using Columnar.RecordBatch rows = orders.All.Select([.. plan.Inputs[0].Columns.Select(orders.All.Schema.Require)]);
        run.Push(0, "s", rows);
        foreach (Columnar.RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
        {
            batch.Dispose();
        }

        Assert.Equal(kept, run.Status.Stages.Sum(s => s.State.Rows));
    }

    [Fact]
    public async Task A_row_without_a_value_is_reported_once_however_often_its_key_is_computed()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", "SELECT n AS id, n % 3 AS k, CASE WHEN n = 4 THEN 0 ELSE 1 END AS x FROM generate_series(0, 29) AS s(n)");
        StreamPlan plan = await StreamKit.PlanAsync("SELECT id, sum(10 / x) OVER (PARTITION BY k ORDER BY id) FROM orders", [orders]);
        int faults = 0;
        using var run = new StreamRun(plan, new Sql.Execution.QueryContext { Lanes = 1, OnRowFaults = (_, found) => faults += found.Count }, new StreamSettings());
        for (int row = 0; row < orders.All.Length; row += 5)
        {
            using Columnar.RecordBatch all = orders.All.Select([.. plan.Inputs[0].Columns.Select(orders.All.Schema.Require)]);
            using Columnar.RecordBatch some = all.Slice(row, 5);
            run.Push(0, "s", some);
            foreach (Columnar.RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
            {
                batch.Dispose();
            }
        }

        Assert.Equal(1, faults);
    }
}
