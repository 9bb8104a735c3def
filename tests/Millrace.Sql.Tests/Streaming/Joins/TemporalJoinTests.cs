using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Joins with the row that was valid at a time.</summary>
[Trait("speed", "slow")]
public sealed class TemporalJoinTests
{
    [Theory]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k")]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k")]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o ASOF JOIN rates r ON o.k = r.k AND o.ts >= r.ts")]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o ASOF LEFT JOIN rates r ON o.k = r.k AND o.ts > r.ts")]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o ASOF LEFT JOIN rates r ON o.ts >= r.ts")]
    [InlineData("SELECT o.id, o.k, r.rate FROM orders o ASOF LEFT JOIN rates r ON o.k = r.k AND o.ts < r.ts")]
    [InlineData("SELECT window_end, sum(rate * id) FROM TUMBLE((SELECT o.ts, o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k), DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_end")]
    [InlineData("SELECT o.id, r.rate FROM (SELECT ts, id, k FROM orders WHERE id % 3 = 0) o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k + 1 = r.k")]
    public async Task A_temporal_join_of_streams_out_of_order_is_that_of_tables(string sql)
    {
        using StreamTable orders = await OrdersAsync(150);
        using StreamTable rates = await RatesAsync(90);
        await StreamKit.EqualsBatchAsync(sql, [orders, rates]);
    }

    [Fact]
    public async Task The_version_is_the_last_one_of_the_key_that_is_not_younger()
    {
        using StreamTable orders = await OrdersAsync(150);
        using StreamTable rates = await RatesAsync(90);
        List<string> found = await StreamKit.RunAsync("SELECT o.id, r.rate FROM orders o JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k", [orders, rates], new StreamVariant(5, 2));
        List<string[]> os = await RowsAsync("SELECT id, k, CAST(ts AS varchar) FROM orders", orders);
        List<string[]> rs = await RowsAsync("SELECT rate, k, CAST(ts AS varchar) FROM rates", rates);
        var expected = new List<string>();
        foreach (string[] o in os)
        {
            if (rs.Where(r => r[1] == o[1] && r[1] != "null" && r[2] != "null" && o[2] != "null" && string.CompareOrdinal(r[2], o[2]) <= 0).MaxBy(r => r[2], StringComparer.Ordinal) is { } version)
            {
                expected.Add($"{o[0]}|{version[0]}");
            }
        }

        expected.Sort(StringComparer.Ordinal);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Rows_wait_no_longer_than_the_watermark_and_old_versions_go()
    {
        using StreamTable orders = await OrdersAsync(2000);
        using StreamTable rates = await RatesAsync(2000);
        StreamPlan plan = await StreamKit.PlanAsync("SELECT o.id, r.rate FROM orders o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k", [orders, rates]);
        Assert.False(plan.IsChanges);
        Assert.Empty(plan.Warnings);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 2 }, new StreamSettings());
        long most = 0;
        for (int start = 0; start < 2000; start += 50)
        {
            foreach (StreamInput input in plan.Inputs)
            {
                RecordBatch all = (input.Table.Name == "orders" ? orders : rates).All;
                using RecordBatch wanted = all.Select([.. input.Columns.Select(all.Schema.Require)]);
                using RecordBatch rows = wanted.Slice(start, 50);
                run.Push(input.Number, "s", rows);
            }

            (await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default)).ToList().ForEach(b => b.Dispose());
            most = Math.Max(most, run.Status.Stages.Sum(s => s.State.Rows));
        }

        Assert.InRange(most, 5, 200);
        plan.Inputs.ToList().ForEach(i => run.EndInput(i.Number));
        (await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default)).ToList().ForEach(b => b.Dispose());
        Assert.Equal(0, run.Status.Stages.Sum(s => s.State.Rows));
    }

    [Theory]
    [InlineData("SELECT 1 FROM rates FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01 00:00:00'", "rates has no states of the past")]
    [InlineData("SELECT 1 FROM rates FOR VERSION AS OF 5", "rates has no states of the past")]
    [InlineData("SELECT 1 FROM rates FOR VERSION AS OF 5 + 5", "FOR VERSION AS OF takes a number, or the name of a branch or tag in quotes")]
    [InlineData("SELECT 1 FROM rates FOR TIMESTAMP AS OF 'yesterday'", "yesterday")]
    [InlineData("WITH r AS (SELECT 1 FROM rates) SELECT 1 FROM r FOR VERSION AS OF 5", "Only a table, and not a query, has states of the past")]
    [InlineData("SELECT 1 FROM (SELECT 1 FROM rates) FOR VERSION AS OF 5", "Only a table, and not a query, has states of the past")]
    [InlineData("SELECT 1 FROM generate_series(1, 2) FOR VERSION AS OF 5", "Only a table, and not a query, has states of the past")]
    [InlineData("SELECT 1 FROM rates FOR SYSTEM_TIME AS OF now()", "FOR SYSTEM_TIME AS OF stands only")]
    [InlineData("SELECT 1 FROM orders o FULL JOIN rates FOR SYSTEM_TIME AS OF o.ts AS r ON o.k = r.k", "FOR SYSTEM_TIME AS OF stands only")]
    public async Task What_has_no_versions_is_not_read_as_of_one(string sql, string message)
    {
        using StreamTable orders = await OrdersAsync(10);
        using StreamTable rates = await RatesAsync(10);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => StreamKit.BatchAsync(sql, [orders, rates]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string[]>> RowsAsync(string sql, StreamTable table)
        => [.. (await StreamKit.BatchAsync(sql, [table])).Select(r => r.Split('|'))];

    // No two times of rates are equal.
    private static Task<StreamTable> RatesAsync(int rows) => StreamTable.OfAsync("rates", $"""
        SELECT CASE WHEN n * 7 % 13 = 0 THEN NULL ELSE n * 11 % 5 END AS k, cast(n AS bigint) AS rate,
               CASE WHEN n * 5 % 29 = 0 THEN NULL ELSE TIMESTAMP '2026-01-01 00:00:00' + (n * 10 + n * 17 % 7 * 5) * INTERVAL '1' SECOND + n * INTERVAL '1' MILLISECOND END AS ts
        FROM generate_series(1, {rows}) AS s(n)
        """, ("ts", "ts - INTERVAL '31' SECOND"));

    private static Task<StreamTable> OrdersAsync(int rows) => StreamTable.OfAsync("orders", $"""
        SELECT n AS id, CASE WHEN n * 3 % 11 = 0 THEN NULL ELSE n * 13 % 7 END AS k,
               CASE WHEN n * 7 % 31 = 0 THEN NULL ELSE TIMESTAMP '2026-01-01 00:00:00' + (n * 10 - n * 19 % 9 * 4) * INTERVAL '1' SECOND END AS ts
        FROM generate_series(1, {rows}) AS s(n)
        """, ("ts", "ts - INTERVAL '40' SECOND"));
}
