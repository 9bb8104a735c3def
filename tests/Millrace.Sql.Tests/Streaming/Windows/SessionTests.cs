using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class SessionTests
{
    private const int Gap = 5;
    private const int Delay = 4;

    private static readonly DateTime Start = new(2026, 1, 1);

    // Bursts with pauses between them; times go back by up to 3 s.
    private const string Bids = """
        SELECT n AS id, 'k' || (n * 7 % 4) AS k, cast(n * 37 % 101 AS bigint) AS v,
               TIMESTAMP '2026-01-01 00:00:00' + (n - n * 31 % 17 / 5 + n / 9 * 4) * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 119) AS s(n)
        """;

    private const string Sessions = "SESSION(TABLE bids PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND)";

    public static TheoryData<string, string> Queries => new()
    {
        { $"SELECT window_start, window_end, k, count(*), sum(v), min(v), max(id) FROM {Sessions} w GROUP BY window_start, window_end, k", "SessionAggregate" },
        { $"SELECT k, window_end, count(DISTINCT v % 3), avg(v) FILTER (WHERE v > 40) FROM {Sessions} w GROUP BY k, window_end", "SessionAggregate" },
        { $"SELECT k, window_start, string_agg(k, ',' ORDER BY id DESC) FROM {Sessions} w GROUP BY k, window_start HAVING count(*) > 2", "SessionAggregate" },
        { "SELECT window_start, window_end, count(*), sum(v) FROM SESSION(TABLE bids, DESCRIPTOR(ts), INTERVAL '2' SECOND) w GROUP BY window_start, window_end", "SessionAggregate" },
        { "SELECT k, count(*), sum(v) FROM bids WHERE v > 10 GROUP BY k WINDOW SESSION(ts, 6s)", "SessionAggregate" },
        { $"SELECT window_start, window_end, kk, count(*) FROM (SELECT window_start, window_end, k AS kk, v FROM {Sessions} w) q GROUP BY window_start, window_end, kk", "SessionAggregate" },
        { $"SELECT window_start, window_end, k, count(*) FROM {Sessions} w WHERE v > 30 GROUP BY window_start, window_end, k", "SessionRows" },
        { $"SELECT window_end, count(*) FROM {Sessions} w GROUP BY window_end", "SessionRows" },
        { $"SELECT id, k, window_start, window_end FROM {Sessions} w", "SessionRows" },
        { "SELECT id, upper(k), window_start, window_end FROM SESSION(TABLE bids PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' SECOND) w WHERE v > 10", "SessionRows" },
        {
            $"""
             SELECT window_end, sum(n) FROM TUMBLE((SELECT window_end AS e, count(*) AS n FROM {Sessions} w GROUP BY window_start, window_end, k), DESCRIPTOR(e), INTERVAL '30' SECOND) o
             GROUP BY window_end
             """, "SessionAggregate"
        },
    };

    public static TheoryData<int, int, int> Variants => new() { { 1, 1, 1 }, { 5, 2, 2 }, { 17, 3, 3 }, { 64, 1, 4 } };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task The_folded_result_is_that_of_the_batch_engine(string sql, string stage)
    {
        using StreamTable bids = await StreamTable.OfAsync("bids", Bids, ("ts", "ts - INTERVAL '4' SECOND"));

        await StreamKit.EqualsBatchAsync(sql, [bids]);
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Emit = EmitMode.Changes });
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Emit = EmitMode.Changes, EmitsEveryRecord = true }, [new StreamVariant(16, 2)]);
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Late = LateRows.Update, AllowedLateness = TimeSpan.FromSeconds(7) });

        StreamPlan plan = await StreamKit.PlanAsync(sql, [bids]);
        Assert.False(plan.IsChanges);
        Assert.Contains(plan.Stages, s => s.Name == stage);
        Assert.DoesNotContain(plan.Stages, s => s.Name == "Recompute");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Each_row_is_in_its_session_or_is_counted_as_late(int batchRows, int lanes, int seed)
    {
        foreach ((LateRows late, int lateness, EmitMode? emit) in new (LateRows, int, EmitMode?)[]
        {
            (LateRows.Drop, 0, null), (LateRows.Drop, 0, EmitMode.Changes), (LateRows.SideOutput, 0, null),
            (LateRows.Update, 6, null), (LateRows.Update, 6, EmitMode.Final), (LateRows.Update, 6, EmitMode.Changes),
        })
        {
            await LeakCheck.RunAsync(() => CheckAsync(batchRows, lanes, seed, late, lateness, emit));
        }
    }

    [Fact]
    public async Task The_change_of_a_join_of_sessions_takes_both_back()
    {
        const string rows = "SELECT k, TIMESTAMP '2026-01-01 00:00:00' + s * INTERVAL '1' SECOND AS ts FROM (VALUES (1, 'a', 0), (2, 'a', 8), (3, 'a', 4)) v(i, k, s) ORDER BY i";
        using StreamTable table = await StreamTable.OfAsync("t", rows, ("ts", "ts - INTERVAL '1' HOUR"));

        List<(string Row, long Weight)> changes = await StreamKit.ChangesAsync(
            "SELECT epoch_ms(window_start) / 1000 % 60, epoch_ms(window_end) / 1000 % 60, count(*) FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) w GROUP BY window_start, window_end, k",
            [table], new StreamVariant(1, 1), new StreamSettings { Emit = EmitMode.Changes });

        Assert.Equal([("0|5|1", 1), ("8|13|1", 1), ("0|5|1", -1), ("8|13|1", -1), ("0|13|3", 1)], changes.OrderBy(c => changes.IndexOf(c) < 2 ? 0 : 1).ThenBy(c => c.Weight == -1 ? 0 : 1).ThenBy(c => c.Row, StringComparer.Ordinal));
    }

    private static async Task CheckAsync(int batchRows, int lanes, int seed, LateRows late, int lateness, EmitMode? emit)
    {
        var random = new Random(seed);
        (int Key, int Time)[] rows = [.. Enumerable.Range(0, 240).Select(i => (random.Next(4), Math.Max(0, i - random.Next(random.Next(8) == 0 ? 40 : 5))))];
        string values = string.Join(", ", rows.Select((r, i) => $"({i}, {r.Key}, {r.Time})"));
        using StreamTable table = await StreamTable.OfAsync(
            "t",
            $"SELECT i, k, TIMESTAMP '2026-01-01 00:00:00' + s * INTERVAL '1' SECOND AS ts FROM (VALUES {values}) v(i, k, s) ORDER BY i",
            ("ts", $"ts - INTERVAL '{Delay}' SECOND"));
        int sideRows = 0;
        var settings = new StreamSettings { Emit = emit, Late = late, AllowedLateness = TimeSpan.FromSeconds(lateness), OnLateRows = batch => Interlocked.Add(ref sideRows, batch.Length) };
        StreamPlan plan = await StreamKit.PlanAsync(
            $"SELECT window_start, window_end, k, count(*), sum(i) FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '{Gap}' SECOND) w GROUP BY window_start, window_end, k",
            [table],
            settings);
        (Dictionary<string, int> expected, int lateRows) = Expect(rows, batchRows, lateness);

        (List<(int Round, string Row, long Weight)> given, long foundLate) = await WindowRuns.RunAsync(plan, table, batchRows, lanes, seed, settings);

        Assert.Equal(lateRows, foundLate);
        Assert.Equal(late == LateRows.SideOutput ? lateRows : 0, sideRows);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), StreamKit.Fold(given.Select(g => (g.Row, g.Weight))));
        Assert.Equal(emit == EmitMode.Changes || (emit is null && late == LateRows.Update), plan.IsChanges);
        if (!plan.IsChanges)
        {
            Assert.All(given, g => Assert.Equal(expected[g.Row], g.Round));
        }
    }

    // The sessions, each with the round in which it is final, and the number of late rows.
    private static (Dictionary<string, int> Sessions, int Late) Expect((int Key, int Time)[] rows, int batchRows, int lateness)
    {
        var open = new List<(int Key, int Start, int End, int Count, int Sum)>();
        var given = new Dictionary<string, int>(StringComparer.Ordinal);
        (int late, int watermark) = (0, int.MinValue);
        for (int i = 0; i < rows.Length; i++)
        {
            (int key, int time) = rows[i];
            var near = open.Where(s => s.Key == key && time < s.End && s.Start < time + Gap).ToList();
            if (near.Count == 0 && time + Gap + lateness <= watermark)
            {
                late++;
            }
            else
            {
                open.RemoveAll(near.Contains);
                near.Add((key, time, time + Gap, 1, i));
                open.Add((key, near.Min(s => s.Start), near.Max(s => s.End), near.Sum(s => s.Count), near.Sum(s => s.Sum)));
            }

            if ((i + 1) % batchRows == 0 || i == rows.Length - 1)
            {
                watermark = i == rows.Length - 1 ? int.MaxValue - 1000 : rows[..(i + 1)].Max(r => r.Time) - Delay;
                foreach ((int k, int start, int end, int count, int sum) in open.Where(s => s.End + lateness <= watermark))
                {
                    given.Add($"{Text(start)}|{Text(end)}|{k}|{count}|{sum}", i / batchRows);
                }

                open.RemoveAll(s => s.End + lateness <= watermark);
            }
        }

        return (given, late);
    }

    private static string Text(int seconds) => Start.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);
}
