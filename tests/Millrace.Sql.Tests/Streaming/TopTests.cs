using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class TopTests
{
    private const string Orders = """
        SELECT n AS id, n % 7 AS customer, CASE WHEN n % 11 = 0 THEN NULL ELSE cast(n * 37 % 101 AS bigint) END AS price,
               'https://example.org/a/long/path/' || (n * 53 % 97) AS url,
               TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 199) AS s(n)
        """;

    [Theory]
    [InlineData("SELECT id, customer FROM orders QUALIFY row_number() OVER (PARTITION BY customer ORDER BY price DESC NULLS FIRST, id) <= 3")]
    [InlineData("SELECT id, rn FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY price NULLS LAST, id) AS rn FROM orders) r WHERE rn > 2 AND rn <= 5")]
    [InlineData("SELECT id, url FROM orders QUALIFY row_number() OVER (PARTITION BY customer ORDER BY url, id DESC) <= 4")]
    [InlineData("SELECT id, rn * 2 FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY id DESC) AS rn FROM orders) r WHERE rn < 3 AND price > 10")]
    [InlineData("SELECT id, rn FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY id) AS rn FROM orders) r WHERE rn IS DISTINCT FROM 2 AND rn <= 4")]
    [InlineData("SELECT id, rn FROM (SELECT *, row_number() OVER (PARTITION BY customer ORDER BY id) AS rn FROM orders) r WHERE rn <> 2 AND rn <= 4")]
    [InlineData("SELECT DISTINCT ON (customer) customer, url FROM orders ORDER BY customer, url DESC, id")]
    [InlineData("SELECT g, n FROM (SELECT id % 60 AS g, count(*) AS n FROM orders GROUP BY id % 60) c ORDER BY n, g LIMIT 2")]
    [InlineData("SELECT g, n FROM (SELECT id % 60 AS g, count(*) AS n FROM orders GROUP BY id % 60) c ORDER BY n, g LIMIT 3 OFFSET 4")]
    [InlineData("SELECT n FROM (SELECT id % 60 AS g, count(*) % 3 AS n FROM orders GROUP BY id % 60) c ORDER BY n LIMIT 7")]
    [InlineData("SELECT g, rn FROM (SELECT g, row_number() OVER (ORDER BY n, g) AS rn FROM (SELECT id % 60 AS g, count(*) AS n FROM orders GROUP BY id % 60) c) r WHERE rn <= 5")]
    public async Task The_first_rows_of_each_key_follow_rows_that_come_and_go(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '5' SECOND"));
        StreamPlan plan = await StreamKit.PlanAsync(sql, [orders]);
        Assert.Contains(plan.Stages, s => s.Name == "Top");
        await StreamKit.EqualsBatchAsync(sql, [orders]);
    }

    [Theory]
    [InlineData("SELECT g FROM (SELECT id % 2 AS g, count(*) % 2 AS n FROM orders GROUP BY id % 2) c ORDER BY n * 0 LIMIT 1")]
    [InlineData("SELECT g FROM (SELECT id % 3 AS g, count(*) % 2 AS n FROM orders GROUP BY id % 3) c QUALIFY row_number() OVER (ORDER BY n * 0) <= 2")]
    [InlineData("SELECT g, row_number() OVER (ORDER BY n * 0) AS r FROM (SELECT id % 3 AS g, count(*) % 2 AS n FROM orders GROUP BY id % 3) c")]
    public async Task Which_of_equal_rows_is_the_first_does_not_depend_on_restarts(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '5' SECOND"));
        List<string> expected = await StreamKit.RunAsync(sql, [orders], new StreamVariant(1, 1));
        for (int seed = 1; seed <= 8; seed++)
        {
            Assert.Equal(expected, await StreamKit.RunAsync(sql, [orders], new StreamVariant(1, 1) { Restarts = seed }));
        }
    }
}
