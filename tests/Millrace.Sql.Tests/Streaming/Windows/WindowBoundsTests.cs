using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class WindowBoundsTests
{
    private const string Tumble = "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)";
    private const string Hop = "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND)";

    /// <summary>The first column's bound: e or s, its kind, and what it closes at for the value 0, in seconds.</summary>
    [Theory]
    [InlineData($"SELECT window_end FROM {Tumble} w", "end Tumble 0")]
    [InlineData($"SELECT window_start FROM {Tumble} w", "start Tumble 10")]
    [InlineData($"SELECT window_start FROM {Hop} w", "start Hop 10")]
    [InlineData($"SELECT e FROM (SELECT k, window_end AS e FROM {Hop} w WHERE v > 3) x WHERE k = 'a'", "end Hop 0")]
    [InlineData($"SELECT window_start, count(*) FROM {Tumble} w GROUP BY window_start", "start Tumble 10")]
    [InlineData($"SELECT window_end FROM {Tumble} w UNION ALL SELECT window_end FROM {Tumble} w", "end Tumble 0")]
    [InlineData($"SELECT window_end FROM {Tumble} w UNION ALL SELECT window_end FROM {Hop} w", "")]
    [InlineData($"SELECT window_end FROM {Tumble} w UNION ALL SELECT ts FROM t", "")]
    [InlineData($"SELECT a.window_start FROM {Tumble} a JOIN {Tumble} b ON a.window_end = b.window_end AND a.k = b.k", "start Tumble 10")]
    [InlineData($"SELECT a.window_start FROM {Tumble} a JOIN t b ON a.k = b.k", "start Tumble open")]
    [InlineData("SELECT window_start FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) w", "start Session open")]
    [InlineData("SELECT window_end FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '5' SECOND) w", "end Session 0")]
    [InlineData("SELECT window_start FROM TUMBLE(TABLE t, DESCRIPTOR(other), INTERVAL '10' SECOND) w", "start Tumble open")]
    [InlineData($"SELECT window_end FROM TUMBLE((SELECT window_end AS e FROM {Tumble} i), DESCRIPTOR(e), INTERVAL '1' MINUTE) w", "end Tumble 0")]
    [InlineData($"SELECT window_end FROM TUMBLE((SELECT window_start AS s FROM {Tumble} i), DESCRIPTOR(s), INTERVAL '1' MINUTE) w", "end Tumble 10")]
    [InlineData("SELECT ts FROM t", "")]
    public async Task A_column_is_followed_to_the_window_whose_bound_it_holds(string sql, string expected)
    {
        using StreamTable table = await StreamTable.OfAsync("t", "SELECT 'a' AS k, 1 AS v, TIMESTAMP '2026-01-01 00:00:00' AS ts, TIMESTAMP '2026-01-01 00:00:00' AS other", ("ts", "ts"));
        BoundQuery bound = await StreamKit.BindAsync(sql, [table]);

        WindowBound? found = WindowBounds.Of(bound.Plan, bound.Plan.Output[0]);

        string closes = found is not { Closes: true } ? "open" : $"{found.ClosesAt(0, TimeUnit.Microsecond) / 1_000_000}";
        Assert.Equal(expected, found is null ? "" : $"{(found.IsEnd ? "end" : "start")} {found.Kind} {closes}");
    }
}
