using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>State of joins that nothing but time bounds.</summary>
public sealed class JoinLifeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StreamSettings Minute = new() { StateTimeToLive = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Rows_that_were_not_used_for_their_time_to_live_are_dropped_and_counted()
    {
        using StreamTable l = await TableAsync("l");
        using StreamTable r = await TableAsync("r");
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.k FROM l a JOIN r b ON a.k = b.k", [l, r], Minute);
        Assert.Empty(plan.Warnings);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 1 }, Minute);

        // Keys 0 to 9 on the left; 0 to 4 are used again after half a minute.
        Push(run, plan, l, 0, 10);
        Assert.Equal(0, await RoundAsync(run, 0));
        Push(run, plan, r, 0, 5);
        Assert.Equal(5, await RoundAsync(run, 30));
        Assert.Equal(StreamTime.FromDateTime(Start.AddSeconds(60)), run.WakesAt);
        await RoundAsync(run, 59);
        Assert.Equal(15, State(run).State.Rows);
        await RoundAsync(run, 60);
        Assert.Equal((10, 5), (State(run).State.Rows, State(run).ExpiredRows));
        Push(run, plan, r, 0, 10);
        Assert.Equal(5, await RoundAsync(run, 61));
        await RoundAsync(run, 300);
        Assert.Equal(0, State(run).State.Rows);
        Assert.Null(run.WakesAt);
    }

    [Fact]
    public async Task A_row_without_a_match_stays_given_when_its_time_to_live_is_over()
    {
        using StreamTable l = await TableAsync("l");
        using StreamTable r = await TableAsync("r");
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.k, b.k FROM l a LEFT JOIN r b ON a.k = b.k", [l, r], Minute);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 2 }, Minute);
        Push(run, plan, l, 0, 3);
        Assert.Equal(3, await RoundAsync(run, 0));
        Assert.Equal(0, await RoundAsync(run, 100));
        Push(run, plan, r, 0, 3);
        Assert.Equal(0, await RoundAsync(run, 101));
    }

    [Theory]
    [InlineData("SELECT a.k, b.k FROM l a JOIN r b ON a.k = b.k + 90")]
    [InlineData("SELECT a.k, b.k FROM l a LEFT JOIN r b ON a.k = b.k + 90")]
    [InlineData("SELECT a.k FROM l a WHERE NOT EXISTS (SELECT 1 FROM r b WHERE a.k = b.k + 90)")]
    [InlineData("SELECT a.k, a.n, b.k FROM (SELECT k % 10 AS k, count(*) AS n FROM l GROUP BY k % 10) a LEFT JOIN r b ON a.k = b.k AND a.n < 8")]
    public async Task Nothing_is_kept_for_a_side_that_has_ended(string sql)
    {
        using StreamTable l = await TableAsync("l");
        using StreamTable r = await TableAsync("r");
        StreamPlan plan = await StreamKit.PlanAsync(sql, [l, r]);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 2 }, new StreamSettings());
        var given = new List<(string, long)>();
        Push(run, plan, r, 0, 100);
        End(run, plan, r);
        await RoundAsync(run, 0);
        for (int start = 0; start < 100; start += 25)
        {
            Push(run, plan, l, start, 25);
            foreach (RecordBatch batch in await run.RunRoundAsync(Start.AddSeconds(1), default))
            {
                given.AddRange(Enumerable.Range(0, batch.Length).Select(row => (StreamKit.Text(batch, row, plan.Schema.Count), plan.IsChanges ? Weights.Of(batch)[row] : 1)));
                batch.Dispose();
            }

            Assert.Equal(100, State(run).State.Rows);
        }

        Assert.Equal(await StreamKit.BatchAsync(sql, [l, r]), StreamKit.Fold(given));
        End(run, plan, l);
        Assert.Equal(0, await RoundAsync(run, 2));
        Assert.Equal(0, State(run).State.Rows);
    }

    [Fact]
    public async Task Matches_that_were_counted_before_a_restart_count_after_it()
    {
        using StreamTable l = await TableAsync("l");
        using StreamTable r = await TableAsync("r");
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.k, b.n FROM l a LEFT JOIN (SELECT k, count(*) AS n FROM r GROUP BY k) b ON a.k = b.k", [l, r]);
        var saved = new List<StateRecord>();
        using (var run = new StreamRun(plan, new QueryContext { Lanes = 2 }, new StreamSettings()))
        {
            Push(run, plan, l, 0, 3);
            Push(run, plan, r, 0, 2);
            Assert.Equal(3, await RoundAsync(run, 0));
            run.Export(new Sink(saved), full: false);
        }

        using var again = new StreamRun(plan, new QueryContext { Lanes = 3 }, new StreamSettings());
        saved.ForEach(again.Import);
        saved.ForEach(s => s.Rows.Dispose());

        // The third row has its first match, the others another count: each takes one row back and gives one.
        Push(again, plan, r, 0, 3);
        Assert.Equal(6, await RoundAsync(again, 1));
        Assert.Equal(0, await RoundAsync(again, 2));
    }

    [Fact]
    public async Task A_checkpoint_has_only_what_changed()
    {
        using StreamTable l = await TableAsync("l");
        using StreamTable r = await TableAsync("r");
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.k FROM l a JOIN r b ON a.k = b.k", [l, r]);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 1 }, new StreamSettings());
        foreach (int rows in (int[])[50, 7, 0])
        {
            Push(run, plan, l, 0, rows);
            await RoundAsync(run, 0);
            Assert.Equal(rows, Export(run, full: false));
        }

        Assert.Equal(57, Export(run, full: true));
        Assert.Equal(0, Export(run, full: false));
    }

    private static int Export(StreamRun run, bool full)
    {
        var saved = new List<StateRecord>();
        run.Export(new Sink(saved), full);
        saved.ForEach(s => s.Rows.Dispose());
        return saved.Sum(s => s.Rows.Length);
    }

    private static StageStatus State(StreamRun run) => run.Status.Stages.Single(s => s.Stage == "join-1");

    private static Task<StreamTable> TableAsync(string name) => StreamTable.OfAsync(name, "SELECT n AS k FROM generate_series(0, 99) AS s(n)");

    private static void Push(StreamRun run, StreamPlan plan, StreamTable table, int start, int count)
    {
        int number = plan.Inputs.Single(i => i.Table.Name == table.Name).Number;
        using RecordBatch rows = table.All.Slice(start, count);
        if (count > 0)
        {
            run.Push(number, "s", rows);
        }
    }

    private static void End(StreamRun run, StreamPlan plan, StreamTable table) => run.EndInput(plan.Inputs.Single(i => i.Table.Name == table.Name).Number);

    private static async Task<int> RoundAsync(StreamRun run, int second)
    {
        int rows = 0;
        foreach (RecordBatch batch in await run.RunRoundAsync(Start.AddSeconds(second), default))
        {
            rows += batch.Length;
            batch.Dispose();
        }

        return rows;
    }

    private sealed class Sink(List<StateRecord> records) : IStateSink
    {
        public void Write(string stage, string table, StateChange change, RecordBatch rows) => records.Add(new StateRecord(stage, table, change, rows.Share()));
    }
}
