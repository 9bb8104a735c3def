using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class StreamRunTests
{
    private const string Orders = """
        SELECT n AS id, 'c' || (n % 7) AS customer, cast(n * 37 % 101 AS bigint) AS price,
               TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 199) AS s(n)
        """;

    [Theory]
    [InlineData("SELECT id, price * 2 AS twice FROM orders WHERE price % 3 = 0")]
    [InlineData("SELECT id FROM orders UNION ALL SELECT price FROM orders WHERE id < 20")]
    [InlineData("SELECT customer, count(*), sum(price) FROM orders GROUP BY customer")]
    [InlineData("SELECT count(*), max(price) FROM orders WHERE price > 1000")]
    [InlineData("SELECT customer, n FROM (SELECT customer, count(*) AS n FROM orders WHERE price > 30 GROUP BY customer) c WHERE n > 18")]
    [InlineData("SELECT a.id, b.id FROM orders a JOIN orders b ON a.price = b.price WHERE a.id < b.id AND a.customer = b.customer")]
    [InlineData("SELECT id FROM orders WHERE price > 50 EXCEPT SELECT id FROM orders WHERE customer = 'c3'")]
    [InlineData("SELECT * FROM (VALUES (1), (2)) v(x) JOIN orders ON id = x")]
    [InlineData("SELECT customer, price FROM (SELECT customer, price, row_number() OVER (PARTITION BY customer ORDER BY price DESC, id) AS rn FROM orders) r WHERE rn <= 2")]
    public async Task The_folded_changes_of_a_stream_are_the_result_of_the_same_query_over_a_table(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '5' SECOND"));
        await StreamKit.EqualsBatchAsync(sql, [orders]);
        await StreamKit.EqualsBatchAsync(sql, [orders], new StreamSettings { Emit = EmitMode.Final });
    }
}
