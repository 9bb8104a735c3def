using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class WindowAggregateTests
{
    // Times go back by up to 4 s, which the watermark allows for.
    private const string Bids = """
        SELECT n AS id, 'k' || (n * 7 % 5) AS k, cast(n * 37 % 101 AS bigint) AS v, cast(n * 13 % 7 AS double) AS d,
               TIMESTAMP '2026-01-01 00:00:00' + (n - n * 31 % 17 / 4) * INTERVAL '1' SECOND AS ts
        FROM generate_series(0, 119) AS s(n)
        """;

    private const string Tumble = "TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND)";
    private const string Hop = "HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND)";
    private const string Cumulate = "CUMULATE(TABLE bids, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '30' SECOND)";

    public static TheoryData<string> Queries => new(
        $"SELECT window_start, window_end, k, count(*), sum(v), avg(d), min(v), max(id) FROM {Tumble} w GROUP BY window_start, window_end, k",
        $"SELECT k, window_end, count(*) FROM {Tumble} w GROUP BY k, window_end",
        $"SELECT window_start, count(DISTINCT k), count(*) FILTER (WHERE v > 50) FROM {Tumble} w GROUP BY window_start",
        $"SELECT count(*) FROM {Tumble} w GROUP BY window_start HAVING count(*) > 8",
        $"SELECT window_end, k, v % 3, count(*) FROM {Tumble} w WHERE v > 20 GROUP BY window_end, k, v % 3",
        $"SELECT e, kk, count(*) FROM (SELECT window_end AS e, upper(k) AS kk, v + 1 AS x FROM {Hop} w) q WHERE x > 10 GROUP BY e, kk",
        $"SELECT window_start, window_end, k, count(*), sum(v), max(v) FROM {Hop} w GROUP BY window_start, window_end, k",
        $"SELECT window_start, count(*), string_agg(k, ',' ORDER BY id) FROM {Hop} w GROUP BY window_start",
        $"SELECT window_start, window_end, k, count(*), sum(d) FROM {Cumulate} w GROUP BY window_start, window_end, k",
        $"SELECT window_start, k, count(*) FROM {Cumulate} w GROUP BY window_start, k",
        $"SELECT max(window_end), count(*) FROM {Hop} w GROUP BY window_start",
        $"SELECT window_start, k, count(*) FROM HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '3' SECOND, INTERVAL '10' SECOND) w GROUP BY window_start, k",
        $"SELECT window_start, k, count(*) FROM TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '1' MONTH) w GROUP BY window_start, k",
        "SELECT k, count(*) FROM bids GROUP BY k WINDOW TUMBLING(ts, 20s)",
        $"""
         SELECT window_end, max(n) FROM (SELECT window_start, window_end, k, count(*) AS n FROM {Hop} w GROUP BY window_start, window_end, k) c
         GROUP BY window_end
         """,
        $"""
         SELECT o.window_end, o.k, sum(n) FROM TUMBLE((SELECT window_end AS e, k, count(*) AS n FROM {Tumble} w GROUP BY window_end, k) , DESCRIPTOR(e), INTERVAL '1' MINUTE) o
         GROUP BY o.window_end, o.k
         """,
        $"""
         SELECT window_start, sum(n) FROM TUMBLE((SELECT window_start AS s, count(*) AS n FROM {Tumble} w GROUP BY window_start), DESCRIPTOR(s), INTERVAL '30' SECOND) o
         GROUP BY window_start
         """,
        $"""
         SELECT window_end, count(*) FROM (SELECT window_end, k FROM {Tumble} a UNION ALL SELECT window_end, 'x' FROM {Tumble} b WHERE v > 50) u GROUP BY window_end
         """);

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task The_folded_result_is_that_of_the_batch_engine_however_the_stream_is_cut_and_whenever_it_gives(string sql)
    {
        using StreamTable bids = await StreamTable.OfAsync("bids", Bids, ("ts", "ts - INTERVAL '5' SECOND"));

        await StreamKit.EqualsBatchAsync(sql, [bids]);
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Emit = EmitMode.Changes });
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Emit = EmitMode.Changes, EmitsEveryRecord = true }, [new StreamVariant(16, 2)]);
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Late = LateRows.Update, AllowedLateness = TimeSpan.FromSeconds(7) });
        await StreamKit.EqualsBatchAsync(sql, [bids], new StreamSettings { Emit = EmitMode.Final, Late = LateRows.Update, AllowedLateness = TimeSpan.FromSeconds(7) }, [new StreamVariant(5, 2) { Restarts = 3 }]);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Every_aggregation_by_windows_is_done_by_windows(string sql)
    {
        using StreamTable bids = await StreamTable.OfAsync("bids", Bids, ("ts", "ts - INTERVAL '5' SECOND"));

        StreamPlan plan = await StreamKit.PlanAsync(sql, [bids]);

        Assert.False(plan.IsChanges);
        Assert.Contains(plan.Stages, s => s.Name == "WindowAggregate");
        Assert.DoesNotContain(plan.Stages, s => s.Name is "Recompute" or "GroupAggregate");
        Assert.Empty(plan.Warnings);
    }
}
