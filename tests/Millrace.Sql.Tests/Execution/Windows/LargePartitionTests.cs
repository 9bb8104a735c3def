using System.Globalization;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>One partition that is many times larger than memory, with results that follow from the numbers of its rows.</summary>
[Trait("speed", "slow")]
public sealed class LargePartitionTests
{
    private const int Rows = 40_000;
    private const long Memory = 400_000;

    // The rows 1 to 40000 in another order, by x; y are hundreds, each 100 rows long.
    private const string Source = "(SELECT (n * 7919) % 40001 AS x, ((n * 7919) % 40001 - 1) / 100 AS y, 'a text that takes a place ' || n AS t FROM generate_series(1, 40000) AS s(n)) AS r";

    [Theory]
    [InlineData("row_number() OVER (ORDER BY x)", 1L, 0L, 0L)]
    [InlineData("sum(x) OVER (ORDER BY x)", 0L, 0L, 1L)]
    [InlineData("count(*) OVER ()", 0L, 40_000L, 0L)]
    [InlineData("max(x) OVER ()", 0L, 40_000L, 0L)]
    [InlineData("last_value(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", 0L, 40_000L, 0L)]
    [InlineData("first_value(x) OVER (ORDER BY x)", 0L, 1L, 0L)]
    [InlineData("count(DISTINCT y) OVER ()", 0L, 400L, 0L)]
    [InlineData("count(DISTINCT x) OVER (ORDER BY x)", 1L, 0L, 0L)]
    [InlineData("locf(CASE WHEN x = 1 THEN 5 END) OVER (ORDER BY x)", 0L, 5L, 0L)]
    [InlineData("sum(x) OVER (ORDER BY x) + sum(x) OVER (ORDER BY x ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) - coalesce(lead(x, 40000) OVER (ORDER BY x), 0)", 0L, 800_020_000L, 0L)]
    public async Task A_call_has_the_value_that_its_definition_says(string call, long ofPlace, long constant, long ofSum)
    {
        List<long?> found = await ValuesAsync(call);
        for (long row = 1; row <= Rows; row++)
        {
            // The last sum of what follows is the sum of nothing.
            long? expected = (ofPlace * row) + constant + (ofSum * row * (row + 1) / 2);
            Assert.Equal(row == Rows && call.Contains("1 FOLLOWING", StringComparison.Ordinal) ? null : expected, found[(int)row - 1]);
        }
    }

    public static TheoryData<string, Func<long, long?>> Others { get; } = new()
    {
        { "rank() OVER (ORDER BY y)", x => ((x - 1) / 100 * 100) + 1 },
        { "dense_rank() OVER (ORDER BY y)", x => ((x - 1) / 100) + 1 },
        { "ntile(7) OVER (ORDER BY x)", x => x <= 2 * 5715 ? ((x - 1) / 5715) + 1 : 3 + ((x - 1 - (2 * 5715)) / 5714) },
        { "CAST(percent_rank() OVER (ORDER BY x) * 39999 AS bigint)", x => x - 1 },
        { "CAST(cume_dist() OVER (ORDER BY y) * 400 AS bigint)", x => ((x - 1) / 100) + 1 },
        { "lag(x, 3) OVER (ORDER BY x)", x => x > 3 ? x - 3 : null },
        { "lead(x, 10000, -1) OVER (ORDER BY x)", x => x <= 30_000 ? x + 10_000 : -1 },
        { "nth_value(x, 30000) OVER (ORDER BY x)", x => x >= 30_000 ? 30_000 : null },
        { "sum(x) OVER (ORDER BY x ROWS 9999 PRECEDING)", x => Sum(Math.Max(1, x - 9999), x) },
        { "sum(x) OVER (ORDER BY x ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING)", x => Sum(Math.Max(1, x - 2), Math.Min(Rows, x + 2)) },
        { "sum(x) OVER (ORDER BY x RANGE BETWEEN 15000 PRECEDING AND 5000 PRECEDING)", x => x > 5000 ? Sum(Math.Max(1, x - 15_000), x - 5000) : null },
        { "count(*) OVER (ORDER BY y GROUPS BETWEEN 100 PRECEDING AND 1 FOLLOWING)", x => (Math.Min(399, ((x - 1) / 100) + 1) - Math.Max(0, ((x - 1) / 100) - 100) + 1) * 100 },
        { "sum(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)", x => Sum(1, Rows) - x },
        { "sum(x) FILTER (WHERE x % 2 = 0) OVER (ORDER BY x DESC ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)", x => x > 1 ? Sum(1, x / 2) * 2 : null },
        { "CAST(var_pop(x) OVER () * 12 AS bigint)", _ => (40_000L * 40_000) - 1 },
        { "CAST(percent_change(x) OVER (ORDER BY x) * (x - 1) AS bigint)", x => x > 1 ? 100 : null },
    };

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public async Task A_call_over_more_rows_than_memory_holds_is_right(string call, Func<long, long?> expected)
    {
        List<long?> found = await ValuesAsync(call);
        Assert.Equal(Enumerable.Range(1, Rows).Select(x => expected(x)), found);
    }

    [Fact]
    public async Task Small_partitions_between_large_ones_come_out_too()
    {
        const string sql = $"""
            SELECT p, count(*), min(c), max(c), sum(n) FROM (
                SELECT p, count(*) OVER (PARTITION BY p) AS c, row_number() OVER (PARTITION BY p ORDER BY x) AS n
                FROM (SELECT x, CASE WHEN x % 3 = 0 THEN 0 WHEN x % 3 = 1 THEN 2 WHEN x < 100 THEN 1 ELSE 3 END AS p, t FROM {Source}) AS q) AS w
            GROUP BY p ORDER BY p
            """;
        var memory = new MemoryBudget(Memory);
        List<string> found = await SqlRows.RunAsync(sql, lanes: 1, memory: memory);
        Assert.True(memory.Spilled > 0, "Nothing went to disk.");
        (int Part, long Count)[] parts = [(0, 13_333), (1, 33), (2, 13_334), (3, 13_300)];
        Assert.Equal(parts.Select(p => $"{p.Part}|{p.Count}|{p.Count}|{p.Count}|{p.Count * (p.Count + 1) / 2}"), found);
    }

    [Fact]
    public async Task What_an_aggregate_keeps_of_all_rows_has_to_fit()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SqlRows.RunAsync($"SELECT max(length(s)) FROM (SELECT string_agg(t, ',') OVER () AS s FROM {Source}) AS q", memory: new MemoryBudget(Memory)));
        Assert.Equal(SpillErrors.MemoryExhaustedCode, error.Code);
    }

    private static long Sum(long first, long last) => ((last * (last + 1)) - ((first - 1) * first)) / 2;

    // By x, whatever the order of the window.
    private static async Task<List<long?>> ValuesAsync(string call)
    {
        var memory = new MemoryBudget(Memory);
        List<string> rows = await SqlRows.RunAsync($"SELECT x, CAST({call} AS bigint), t FROM {Source}", memory: memory);
        Assert.True(memory.Spilled > 0, "Nothing went to disk.");
        var values = new long?[Rows];
        foreach (string[] row in rows.Select(r => r.Split('|')))
        {
            values[int.Parse(row[0], CultureInfo.InvariantCulture) - 1] = row[1] == "null" ? null : long.Parse(row[1], CultureInfo.InvariantCulture);
        }

        return [.. values];
    }
}
