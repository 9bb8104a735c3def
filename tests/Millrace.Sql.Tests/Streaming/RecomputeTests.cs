namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class RecomputeTests
{
    [Theory]
    [InlineData("WITH RECURSIVE r(id, n) AS (SELECT id, 1 FROM orders WHERE id < 3 UNION ALL SELECT o.id, r.n + 1 FROM r JOIN orders o ON o.id = r.id * 2 + 3 WHERE r.n < 5) SELECT * FROM r")]
    [InlineData("WITH RECURSIVE r(x) AS (SELECT price % 5 FROM orders UNION SELECT x + 5 FROM r WHERE x < 20) SELECT x, count(*) FROM r GROUP BY x")]
    [InlineData("SELECT customer, string_agg(id::varchar, ',' ORDER BY id), grouping(customer) FROM orders GROUP BY ROLLUP (customer)")]
    [InlineData("SELECT id FROM orders WHERE price NOT IN (SELECT kind FROM orders WHERE id > 20)")]
    public async Task What_no_stage_can_follow_is_computed_anew(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", "SELECT n AS id, 'c' || (n % 3) AS customer, n * 7 % 31 AS price, CASE WHEN n = 25 THEN NULL ELSE n % 4 END AS kind FROM generate_series(0, 39) AS s(n)");
        await StreamKit.EqualsBatchAsync(sql, [orders]);
    }
}
