using Millrace.Sql.Streaming;

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

    [Fact]
    public async Task Windows_behind_a_join_with_a_table_that_ends_close_as_time_goes_on()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '1' SECOND"));
        using StreamTable products = await StreamTable.OfAsync("products", Products);
        const string Query = """
            SELECT window_end, count(*) FROM TUMBLE(TABLE (SELECT o.ts, p.name FROM orders o JOIN products p ON o.product = p.product), DESCRIPTOR(ts), INTERVAL '1' MINUTE)
            GROUP BY window_end
            """;
        StreamPlan plan = await StreamKit.PlanAsync(Query, [orders, products]);
        Assert.Contains(plan.Stages, s => s.Name == "WindowAggregate");
        Assert.False(plan.IsChanges);
        await StreamKit.EqualsBatchAsync(Query, [orders, products]);
    }

    [Fact]
    public async Task Windows_behind_a_join_of_any_times_are_told_to_close_at_the_end_only()
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts - INTERVAL '1' SECOND"));
        using StreamTable others = await StreamTable.OfAsync("others", Orders, ("ts", "ts - INTERVAL '1' SECOND"));
        const string Query = """
            SELECT window_end, count(*) FROM TUMBLE(TABLE (SELECT o.ts FROM orders o JOIN others p ON o.product = p.product), DESCRIPTOR(ts), INTERVAL '1' MINUTE)
            GROUP BY window_end
            """;
        StreamPlan plan = await StreamKit.PlanAsync(Query, [orders, others]);
        Assert.Contains(plan.Warnings, w => w.Contains("close at the end of the input only", StringComparison.Ordinal) && w.Contains("interval join", StringComparison.Ordinal));
        await StreamKit.EqualsBatchAsync(Query, [orders, others]);
    }
}
