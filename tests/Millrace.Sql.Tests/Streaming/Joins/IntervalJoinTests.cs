using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Joins of rows whose times are not far apart: what is kept goes with the watermark.</summary>
[Trait("speed", "slow")]
public sealed class IntervalJoinTests
{
    public static TheoryData<string, string> Joins()
    {
        var data = new TheoryData<string, string>();
        foreach (string kind in (string[])["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        {
            foreach (string condition in (string[])
            [
                "a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts + INTERVAL '30' SECOND",
                "a.k = b.k AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '40' SECOND AND a.v <> b.v",
                "a.k = b.k AND a.ts >= b.ts - INTERVAL '20' SECOND AND a.ts - INTERVAL '1' MINUTE < b.ts",
                "b.ts BETWEEN a.ts AND a.ts + INTERVAL '3' SECOND",
                "a.k = b.k AND b.ts = a.ts",
                "a.k = b.k AND b.ts >= a.ts + INTERVAL '10' SECOND",
                "a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MONTH AND a.ts + INTERVAL '10' MINUTE",
                "a.k = b.k AND b.ts > a.ts + INTERVAL '1' MINUTE AND b.ts < a.ts - INTERVAL '1' MINUTE",
            ])
            {
                data.Add(kind, condition);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Joins))]
    public async Task An_interval_join_of_streams_out_of_order_is_that_of_tables(string kind, string condition)
        => await EqualsBatchAsync($"SELECT a.k, a.v, a.ts, b.k, b.v, b.ts FROM l a {kind} r b ON {condition}");

    [Theory]
    [InlineData("SELECT k, v FROM l a WHERE EXISTS (SELECT 1 FROM r b WHERE a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '50' SECOND)")]
    [InlineData("SELECT k, v FROM l a WHERE NOT EXISTS (SELECT 1 FROM r b WHERE a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '50' SECOND)")]
    [InlineData("SELECT a.v, b.v FROM l a JOIN r b WITHIN INTERVAL '20' SECOND ON a.k = b.k")]
    [InlineData("SELECT a.v, b.v FROM l a LEFT JOIN r b WITHIN INTERVAL '20' SECOND ON a.k = b.k")]
    [InlineData("SELECT a.v, b.v, c.v FROM l a JOIN r b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '30' SECOND LEFT JOIN l c ON c.k = a.k AND c.ts BETWEEN a.ts + INTERVAL '1' SECOND AND a.ts + INTERVAL '60' SECOND")]
    [InlineData("SELECT window_start, count(*), sum(bv) FROM TUMBLE((SELECT a.ts, b.v AS bv FROM l a LEFT JOIN r b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '30' SECOND), DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end")]
    public async Task Interval_joins_of_many_shapes_are_those_of_tables(string sql) => await EqualsBatchAsync(sql);

    [Theory]
    [InlineData("JOIN")]
    [InlineData("LEFT JOIN")]
    [InlineData("FULL JOIN")]
    [InlineData("SEMI JOIN")]
    [InlineData("ANTI JOIN")]
    public async Task An_interval_join_of_appends_only_appends_and_keeps_little(string kind)
    {
        using StreamTable l = await TableAsync("l", 1, 2000);
        using StreamTable r = await TableAsync("r", 2, 2000);
        StreamPlan plan = await StreamKit.PlanAsync($"SELECT a.v FROM l a {kind} r b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts + INTERVAL '30' SECOND", [l, r]);
        Assert.False(plan.IsChanges);
        Assert.Empty(plan.Warnings);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 2 }, new StreamSettings());
        long most = 0;
        for (int start = 0; start < 2000; start += 50)
        {
            foreach (StreamInput input in plan.Inputs)
            {
                RecordBatch all = (input.Table.Name == "l" ? l : r).All;
                using RecordBatch wanted = all.Select([.. input.Columns.Select(all.Schema.Require)]);
                using RecordBatch rows = wanted.Slice(start, 50);
                run.Push(input.Number, "s", rows);
            }

            await RoundAsync(run);
            most = Math.Max(most, run.Status.Stages.Single(s => s.Stage.StartsWith("join", StringComparison.Ordinal)).State.Rows);
        }

        // Ten seconds a row: the interval and the delay of the watermark are 15 rows and what came in the round.
        Assert.InRange(most, 2, 200);
        plan.Inputs.ToList().ForEach(i => run.EndInput(i.Number));
        await RoundAsync(run);
        Assert.Equal(0, run.Status.Stages.Single(s => s.Stage.StartsWith("join", StringComparison.Ordinal)).State.Rows);
    }

    [Fact]
    public async Task A_row_without_a_match_is_given_as_soon_as_the_watermark_proves_that_none_can_come()
    {
        using StreamTable l = await StreamTable.OfAsync("l", "SELECT 1 AS k, TIMESTAMP '2026-01-01 00:00:00' AS ts", ("ts", "ts"));
        using StreamTable r = await StreamTable.OfAsync("r", "SELECT 2 AS k, TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' SECOND AS ts FROM generate_series(0, 20) AS s(n)", ("ts", "ts"));
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.k, b.k FROM l a LEFT JOIN r b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '10' SECOND", [l, r]);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 1 }, new StreamSettings());
        int left = plan.Inputs.Single(i => i.Table.Name == "l").Number;
        using (RecordBatch row = l.All.Select([.. plan.Inputs[left].Columns.Select(l.All.Schema.Require)]))
        {
            run.Push(left, "s", row);
            run.EndInput(left);
        }

        using RecordBatch wanted = r.All.Select([.. plan.Inputs[1 - left].Columns.Select(r.All.Schema.Require)]);
        for (int second = 0; second <= 11; second++)
        {
            using RecordBatch row = wanted.Slice(second, 1);
            run.Push(1 - left, "s", row);
            Assert.Equal(second == 11 ? 1 : 0, await RoundAsync(run));
        }
    }

    [Fact]
    public async Task A_row_that_comes_when_it_can_match_nothing_any_more_is_counted_and_handed_over()
    {
        using StreamTable l = await StreamTable.OfAsync("l", "SELECT n AS k, TIMESTAMP '2026-01-01 00:00:00' + CASE WHEN n = 7 THEN 0 ELSE n END * INTERVAL '1' MINUTE AS ts FROM generate_series(0, 9) AS s(n)", ("ts", "ts"));
        using StreamTable r = await StreamTable.OfAsync("r", "SELECT n AS k, TIMESTAMP '2026-01-01 00:00:00' + n * INTERVAL '1' MINUTE AS ts FROM generate_series(0, 9) AS s(n)", ("ts", "ts"));
        long late = 0;
        var settings = new StreamSettings { Late = LateRows.SideOutput, OnLateRows = rows => late += rows.Length };
        List<string> rows = await StreamKit.RunAsync("SELECT a.k FROM l a LEFT JOIN r b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' MINUTE", [l, r], new StreamVariant(1, 1), settings);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "8", "9"], rows);
        Assert.Equal(1, late);
    }

    // Ten seconds a row, up to half a minute out of order; few keys, some null; some times null.
    private static Task<StreamTable> TableAsync(string name, int seed, int rows = 120) => StreamTable.OfAsync(name, $"""
        SELECT CASE WHEN n * {seed + 3} % 13 = 0 THEN NULL ELSE n * {(seed * 7) + 4} % 5 END AS k, cast(n * {seed + 28} % 83 AS bigint) AS v,
               CASE WHEN n * {seed + 5} % 29 = 0 THEN NULL ELSE TIMESTAMP '2026-01-01 00:00:00' + (n * 10 + n * {seed + 16} % 7 * 5) * INTERVAL '1' SECOND END AS ts
        FROM generate_series(1, {rows}) AS s(n)
        """, ("ts", "ts - INTERVAL '31' SECOND"));

    private static async Task EqualsBatchAsync(string sql)
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        await StreamKit.EqualsBatchAsync(sql, [l, r]);
    }

    private static async Task<int> RoundAsync(StreamRun run)
    {
        int rows = 0;
        foreach (RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
        {
            rows += batch.Length;
            batch.Dispose();
        }

        return rows;
    }
}
