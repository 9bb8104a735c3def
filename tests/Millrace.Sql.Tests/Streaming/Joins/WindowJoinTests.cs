using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Joins of rows of the same window: what is kept goes when the window closes.</summary>
[Trait("speed", "slow")]
public sealed class WindowJoinTests
{
    private const string Left = "TUMBLE(l, DESCRIPTOR(ts), INTERVAL '1' MINUTE)";
    private const string Right = "TUMBLE(r, DESCRIPTOR(ts), INTERVAL '1' MINUTE)";

    [Theory]
    [InlineData("JOIN")]
    [InlineData("LEFT JOIN")]
    [InlineData("FULL JOIN")]
    public async Task A_window_join_of_streams_is_that_of_tables_and_only_appends(string kind)
    {
        foreach (string window in (string[])["a.window_start = b.window_start AND a.window_end = b.window_end", "a.window_start = b.window_start", "a.window_end = b.window_end AND a.v < b.v"])
        {
            string sql = $"SELECT a.k, a.v, b.v, a.window_end FROM {Left} a {kind} {Right} b ON a.k = b.k AND {window}";
            await EqualsBatchAsync(sql);
        }
    }

    [Theory]
    [InlineData("SELECT a.window_start, a.n, b.n FROM (SELECT window_start, window_end, count(*) AS n FROM TUMBLE(l, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end) a FULL JOIN (SELECT window_start, window_end, count(*) AS n FROM TUMBLE(r, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end) b ON a.window_start = b.window_start AND a.window_end = b.window_end")]
    [InlineData("SELECT a.k, a.v FROM HOP(l, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE) a JOIN HOP(r, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE) b ON a.window_end = b.window_end AND a.v = b.v")]
    [InlineData("SELECT a.window_end, count(*) FROM TUMBLE(l, DESCRIPTOR(ts), INTERVAL '1' MINUTE) a LEFT JOIN TUMBLE(r, DESCRIPTOR(ts), INTERVAL '1' MINUTE) b ON a.window_end = b.window_end AND a.k = b.k GROUP BY a.window_end")]
    [InlineData("SELECT a.k, a.v FROM TUMBLE(l, DESCRIPTOR(ts), INTERVAL '1' MINUTE) a JOIN TUMBLE(r, DESCRIPTOR(ts), INTERVAL '2' MINUTE) b ON a.window_end = b.window_end AND a.v = b.v")]
    public async Task Window_joins_of_many_shapes_are_those_of_tables(string sql) => await EqualsBatchAsync(sql);

    [Fact]
    public async Task What_is_kept_goes_when_its_window_closes()
    {
        using StreamTable l = await TableAsync("l", 1, 3000);
        using StreamTable r = await TableAsync("r", 2, 3000);
        StreamPlan plan = await StreamKit.PlanAsync($"SELECT a.k, a.v, b.v, a.window_end FROM {Left} a FULL JOIN {Right} b ON a.k = b.k AND a.window_end = b.window_end", [l, r]);
        Assert.False(plan.IsChanges);
        Assert.Empty(plan.Warnings);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 1 }, new StreamSettings());
        long most = 0;
        for (int start = 0; start < 3000; start += 30)
        {
            foreach (StreamInput input in plan.Inputs)
            {
                RecordBatch all = (input.Table.Name == "l" ? l : r).All;
                using RecordBatch wanted = all.Select([.. input.Columns.Select(all.Schema.Require)]);
                using RecordBatch rows = wanted.Slice(start, 30);
                run.Push(input.Number, "s", rows);
            }

            (await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default)).ToList().ForEach(b => b.Dispose());
            most = Math.Max(most, run.Status.Stages.Sum(s => s.State.Rows));
        }

        Assert.InRange(most, 2, 150);
    }

    // Three seconds a row, up to half a minute out of order.
    private static Task<StreamTable> TableAsync(string name, int seed, int rows = 120) => StreamTable.OfAsync(name, $"""
        SELECT CASE WHEN n * {seed + 3} % 13 = 0 THEN NULL ELSE n * {(seed * 7) + 4} % 5 END AS k, cast(n * {seed + 28} % 83 AS bigint) AS v,
               TIMESTAMP '2026-01-01 00:00:00' + (n * 3 + n * {seed + 16} % 7 * 5) * INTERVAL '1' SECOND AS ts
        FROM generate_series(1, {rows}) AS s(n)
        """, ("ts", "ts - INTERVAL '31' SECOND"));

    private static async Task EqualsBatchAsync(string sql)
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        await StreamKit.EqualsBatchAsync(sql, [l, r]);
    }
}
