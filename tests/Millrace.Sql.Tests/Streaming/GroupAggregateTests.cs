using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class GroupAggregateTests
{
    private const string Orders = """
        SELECT n AS id, 'c' || (n % 7) AS customer, cast(n * 37 % 101 AS bigint) AS price,
               CASE WHEN n % 5 = 0 THEN NULL ELSE n % 11 END AS kind,
               (n * 53 % 97) / 8.0 AS weight,
               TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 149) AS s(n)
        """;

    [Theory]
    [InlineData("SELECT customer, count(*), sum(price), min(price), max(customer || price), avg(weight) FROM orders GROUP BY customer")]
    [InlineData("SELECT kind, count(kind), count(*) FILTER (WHERE price > 40), bool_and(price < 100), first(id) IS NULL FROM orders GROUP BY kind")]
    [InlineData("SELECT kind, price % 3, sum(weight * 2), round(variance(price), 6) FROM orders WHERE price > 5 GROUP BY 1, 2")]
    [InlineData("SELECT DISTINCT customer, kind FROM orders")]
    [InlineData("SELECT count(*), sum(price) FROM orders WHERE price > 1000")]
    [InlineData("SELECT count(*), max(n) FROM (SELECT DISTINCT kind AS n FROM orders) d")]
    [InlineData("SELECT n, count(*), sum(s) FROM (SELECT customer, kind, count(*) AS n, sum(price) AS s FROM orders GROUP BY customer, kind) g GROUP BY n")]
    [InlineData("SELECT DISTINCT n FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) g WHERE n % 2 = 0")]
    [InlineData("SELECT avg(s), count(*) FROM (SELECT kind, sum(price) AS s FROM orders GROUP BY kind) g WHERE s % 2 = 1")]
    [InlineData("SELECT customer, count(DISTINCT kind), string_agg(kind::varchar, ',' ORDER BY kind, id) FROM orders GROUP BY customer")]
    [InlineData("SELECT n % 5, max(customer), min(n), percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM (SELECT customer, kind, count(*) AS n FROM orders GROUP BY customer, kind) g GROUP BY 1")]
    [InlineData("SELECT customer, kind, count(*), grouping(customer, kind) FROM orders GROUP BY GROUPING SETS ((customer, kind), (kind), ())")]
    [InlineData("SELECT kind, count(DISTINCT price % 7), sum(DISTINCT price % 5) FILTER (WHERE id > 20), count(*) FROM orders GROUP BY kind")]
    [InlineData("SELECT count(DISTINCT customer), avg(DISTINCT kind) FROM orders")]
    [InlineData("SELECT n, min(s), max(s), min(customer), max(customer), count(DISTINCT s % 3), sum(DISTINCT s) FROM (SELECT customer, kind, count(*) AS n, sum(price) AS s FROM orders GROUP BY customer, kind) g GROUP BY n")]
    [InlineData("SELECT max(n), min(customer || n), count(DISTINCT n) FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) g WHERE n % 3 > 0")]
    [InlineData("SELECT customer, kind, count(DISTINCT price), max(id) FROM orders GROUP BY ROLLUP (customer, kind)")]
    public async Task Groups_follow_the_rows(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '5' SECOND"));
        await StreamKit.EqualsBatchAsync(sql, [orders]);
    }

    [Fact]
    public async Task A_group_changes_once_a_round_and_every_record_shows_if_asked_for()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", "SELECT * FROM (VALUES ('a', 1), ('a', 2), ('b', 3), ('a', 0)) v(k, x)");
        const string sql = "SELECT k, sum(x) FROM orders GROUP BY k";
        Assert.Equal([("a|3", 1L), ("b|3", 1L)], await StreamKit.ChangesAsync(sql, [orders], new StreamVariant(4, 1)));
        Assert.Equal(
            [("a|1", 1L), ("a|1", -1L), ("a|3", 1L), ("b|3", 1L)],
            await StreamKit.ChangesAsync(sql, [orders], new StreamVariant(4, 1), new StreamSettings { EmitsEveryRecord = true }));
    }

    [Fact]
    public async Task Groups_that_are_not_used_are_forgotten_and_counted()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", "SELECT * FROM (VALUES ('a', 1), ('b', 2), ('b', 3), ('b', 4), ('b', 5), ('a', 6)) v(k, x)");
        var settings = new StreamSettings { StateTimeToLive = TimeSpan.FromSeconds(3) };
        foreach (string sql in (string[])["SELECT k, sum(x), count(DISTINCT x) FROM orders GROUP BY k", "SELECT k, sum(x) OVER (PARTITION BY k), count(DISTINCT x) OVER (PARTITION BY k) FROM orders"])
        {
            List<(string Row, long Weight)> changes = await StreamKit.ChangesAsync(sql, [orders], new StreamVariant(1, 1), settings);
            Assert.Equal(("a|6|1", 1), changes[^1]);
        }
    }

    [Fact]
    public async Task What_is_distinct_in_rows_that_stay_is_never_taken_back()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders);
        StreamPlan plan = await StreamKit.PlanAsync("SELECT DISTINCT customer FROM orders", [orders]);
        Assert.False(plan.IsChanges);
        Assert.Equal([0], plan.Key);
    }
}
