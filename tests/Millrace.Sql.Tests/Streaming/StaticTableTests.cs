namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class StaticTableTests
{
    private const string Orders = """
        SELECT n AS id, n % 5 AS product, TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '7' SECOND AS ts FROM generate_series(0, 99) AS s(n)
        """;

    private const string Products = "SELECT 4 - n AS product, 'p' || (4 - n) AS name FROM generate_series(0, 4) AS s(n)";

    [Fact]
    public async Task Windows_behind_a_join_wait_for_a_table_that_ends()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '1' SECOND"));
        using StreamTable products = await StreamTable.OfAsync("products", Products);
        await StreamKit.EqualsBatchAsync(
            """
            SELECT window_end, name, count(*)
            FROM TUMBLE(TABLE (SELECT o.ts, p.name FROM orders o JOIN products p ON o.product = p.product), DESCRIPTOR(ts), INTERVAL '1' MINUTE)
            GROUP BY window_end, name
            """,
            [orders, products]);
    }
}
