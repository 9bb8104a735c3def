using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class UniqueKeyTests
{
    private const string Orders = """
        SELECT n AS id, 'c' || (n % 7) AS customer, cast(n * 37 % 101 AS bigint) AS price,
               CASE WHEN n % 5 = 0 THEN NULL ELSE n % 4 END AS kind,
               TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 119) AS s(n)
        """;

    private const string Counts = "(SELECT customer, count(*) AS n FROM orders GROUP BY customer)";
    private const string Kinds = "(SELECT kind::bigint AS kind, max(price) AS m FROM orders GROUP BY 1)";

    [Theory]
    [InlineData("SELECT customer, count(*) FROM orders GROUP BY customer", "0")]
    [InlineData("SELECT count(*), kind, price % 3 FROM orders GROUP BY 2, 3", "1 2")]
    [InlineData("SELECT count(*) FROM orders", "")]
    [InlineData("SELECT n FROM (SELECT customer, count(*) AS n FROM orders GROUP BY customer) c", null)]
    [InlineData("SELECT id, customer FROM orders", null)]
    [InlineData("SELECT customer FROM " + Counts + " a UNION ALL SELECT customer FROM " + Counts + " b", null)]
    [InlineData("SELECT customer FROM orders UNION SELECT 'c' || kind FROM orders", "0")]
    [InlineData("SELECT DISTINCT kind, customer FROM orders", "0 1")]
    [InlineData("SELECT customer FROM orders EXCEPT SELECT 'c2'", "0")]
    [InlineData("SELECT DISTINCT ON (kind) price, kind FROM orders ORDER BY kind, id", "1")]
    [InlineData("SELECT price, rn, kind FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY id) AS rn FROM orders) r WHERE rn <= 3", "2 1")]
    [InlineData("SELECT price, kind FROM orders QUALIFY row_number() OVER (PARTITION BY kind ORDER BY id) = 1", "1")]
    [InlineData("SELECT price, kind FROM orders QUALIFY rank() OVER (PARTITION BY kind ORDER BY price) = 1", null)]
    [InlineData("SELECT price FROM orders ORDER BY price LIMIT 1", "")]
    [InlineData("SELECT window_end, kind, count(*) FROM TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, kind", "0 1")]
    [InlineData("SELECT window_start, count(*) FROM CUMULATE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end", null)]
    [InlineData("SELECT a.customer, a.n, b.n FROM " + Counts + " a JOIN " + Counts + " b ON a.customer = b.customer", "0")]
    [InlineData("SELECT a.customer, kind, m FROM " + Counts + " a LEFT JOIN " + Kinds + " k ON n > m", "0 1")]
    [InlineData("SELECT a.customer, kind, m FROM " + Counts + " a LEFT JOIN " + Kinds + " k ON n = kind", "0")]
    [InlineData("SELECT customer, kind FROM " + Counts + " a FULL JOIN " + Kinds + " k ON n = kind", null)]
    [InlineData("SELECT o.id, n FROM orders o JOIN " + Counts + " a ON a.customer = o.customer", null)]
    public async Task A_key_is_found_where_there_is_one(string sql, string? key)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts"));
        StreamPlan plan = await StreamKit.PlanAsync(sql, [orders]);
        Assert.Equal(key, plan.Key is null ? null : string.Join(' ', plan.Key));
        if (plan.Key is { } columns)
        {
            List<string> rows = await StreamKit.BatchAsync(sql, [orders]);
            Assert.Equal(rows.Count, rows.Select(r => string.Join('|', columns.Select(c => r.Split('|')[c]))).Distinct().Count());
        }
    }
}
