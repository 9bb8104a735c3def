using System.Globalization;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Aggregates of the different values of one argument, which share what they know and differ in their filters.</summary>
[Trait("speed", "slow")]
public sealed class SharedDistinctTests
{
    private const int Rows = 30_000;

    // x is null in each seventh row; the filters are true, false and unknown.
    private const string Source = "(SELECT n % 13 AS g, n % 4 AS h, CASE WHEN n % 7 > 0 THEN (n * 31) % 911 END AS x, n % 5 AS y, n % 3 = 0 AS a, CASE WHEN n % 11 > 1 THEN n % 2 = 0 END AS b FROM generate_series(1, 30000) AS s(n)) AS r";
    private const string Calls = "count(*), count(DISTINCT x), count(DISTINCT x) FILTER (WHERE a), sum(DISTINCT x) FILTER (WHERE b), avg(DISTINCT x) FILTER (WHERE x < 0), sum(x), count(DISTINCT y) FILTER (WHERE b), count(DISTINCT y) FILTER (WHERE a AND NOT b), count(DISTINCT x) FILTER (WHERE h = 1)";

    public static TheoryData<int, long> Runs { get; } = new() { { 1, long.MaxValue }, { 3, long.MaxValue }, { 1, 0 }, { 2, 300_000 } };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Groups_have_their_own_values(int lanes, long limit)
    {
        List<string> found = await RunAsync($"SELECT g, {Calls} FROM {Source} GROUP BY g", lanes, limit);
        Assert.Equal(Sorted(All().GroupBy(r => r.G).Select(g => $"{g.Key}|{Answer(g)}")), found);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task All_rows_are_one_group(int lanes, long limit)
        => Assert.Equal([Answer(All())], await RunAsync($"SELECT {Calls} FROM {Source}", lanes, limit));

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Many_groups_have_their_own_values(int lanes, long limit)
    {
        List<string> found = await RunAsync($"SELECT x, {Calls.Replace("x", "g", StringComparison.Ordinal)} FROM {Source} GROUP BY x", lanes, limit);
        Assert.Equal(Sorted(All().GroupBy(r => r.X).Select(g => $"{Text(g.Key)}|{Answer(g.Select(r => r with { X = r.G }))}")), found);
        Assert.Equal(912, found.Count);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Each_grouping_set_has_its_own_values(int lanes, long limit)
    {
        List<string> found = await RunAsync($"SELECT g, h, {Calls} FROM {Source} GROUP BY GROUPING SETS ((g, h), (h), ())", lanes, limit);
        IEnumerable<string> expected = All().GroupBy(r => (r.G, r.H)).Select(g => $"{g.Key.G}|{g.Key.H}|{Answer(g)}")
            .Concat(All().GroupBy(r => r.H).Select(g => $"null|{g.Key}|{Answer(g)}"))
            .Append($"null|null|{Answer(All())}");
        Assert.Equal(Sorted(expected), found);
    }

    [Fact]
    public async Task No_rows_have_no_values()
        => Assert.Equal(["0|0|0|null|null|null|0|0|0"], await RunAsync($"SELECT {Calls} FROM {Source} WHERE g > 100", 2, long.MaxValue));

    [Fact]
    public async Task Several_arguments_are_different_together()
    {
        List<string> found = await RunAsync($"SELECT covar_pop(DISTINCT y, h) FILTER (WHERE a) > -1, covar_pop(DISTINCT y, h), covar_pop(DISTINCT y, h) FILTER (WHERE false) FROM {Source}", 2, long.MaxValue);

        // All 20 pairs are there once, and have nothing to do with one another.
        Assert.Equal(["true|0|null"], found);
    }

    // Without filters and other aggregates the values are grouped themselves, so that not even those of one group have to fit.
    [Theory]
    [InlineData("SELECT count(DISTINCT x) FROM {rows}", "99999")]
    [InlineData("SELECT count(DISTINCT x), sum(DISTINCT x), avg(DISTINCT x) FROM {rows}", "99999|4999950000|50000")]
    [InlineData("SELECT y, count(DISTINCT x) FROM {rows} GROUP BY y ORDER BY y", "0|33333 1|33333 null|33333")]
    [InlineData("SELECT count(DISTINCT t) FROM {rows}", "100000")]
    [InlineData("SELECT count(DISTINCT x) FROM {rows} WHERE y > 5", "0")]
    [InlineData("SELECT y, count(DISTINCT x) FROM {rows} WHERE x IS NULL GROUP BY y ORDER BY y", "1|0")]
    public async Task Different_values_alone_need_no_memory(string sql, string expected)
    {
        const string rows = "(SELECT n, CASE WHEN n < 100000 THEN n END AS x, CASE WHEN n % 3 < 2 THEN n % 3 END AS y, 'text ' || n AS t FROM generate_series(1, 100000) AS s(n)) AS r";
        sql = sql.Replace("{rows}", rows, StringComparison.Ordinal);
        Assert.Equal(expected, string.Join(' ', await SqlRows.RunAsync(sql)));
        var memory = new MemoryBudget(0);
        Assert.Equal(expected, string.Join(' ', await SqlRows.RunAsync(sql, memory: memory)));
        Assert.True(memory.Spilled > 0 || sql.Contains("WHERE", StringComparison.Ordinal), "Nothing went to disk.");
    }

    [Fact]
    public async Task A_shared_set_takes_less_memory_than_sets_of_their_own()
    {
        const string rows = "(SELECT n % 50000 AS x FROM generate_series(1, 200000) AS s(n)) AS r";
        var one = new MemoryBudget(1 << 30);
        await SqlRows.RunAsync($"SELECT count(*), count(DISTINCT x) FROM {rows}", lanes: 1, memory: one);
        var four = new MemoryBudget(1 << 30);
        Assert.Equal(["50000|25000|16667|12500"], await SqlRows.RunAsync($"SELECT count(DISTINCT x), count(DISTINCT x) FILTER (WHERE x % 2 = 0), count(DISTINCT x) FILTER (WHERE x % 3 = 0), count(DISTINCT x) FILTER (WHERE x % 4 = 0) FROM {rows}", lanes: 1, memory: four));
        Assert.True(four.Peak < one.Peak * 1.5, $"{four.Peak} bytes for four, {one.Peak} for one.");
    }

    private static async Task<List<string>> RunAsync(string sql, int lanes, long limit)
    {
        var memory = new MemoryBudget(limit);
        List<string> rows = await SqlRows.RunAsync(sql, lanes, memory);
        Assert.Equal(0, memory.Used);
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static List<string> Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    private static IEnumerable<Row> All()
        => Enumerable.Range(1, Rows).Select(n => new Row(n % 13, n % 4, n % 7 > 0 ? n * 31 % 911 : null, n % 5, n % 3 == 0, n % 11 > 1 ? n % 2 == 0 : null));

    private static string Answer(IEnumerable<Row> group)
    {
        Row[] rows = [.. group];
        object?[] values =
        [
            rows.Length,
            Different(rows, _ => true).Count,
            Different(rows, r => r.A).Count,
            Sum(Different(rows, r => r.B == true)),
            null,
            Sum([.. rows.Select(r => r.X).OfType<int>()]),
            rows.Where(r => r.B == true).Select(r => r.Y).Distinct().Count(),
            rows.Where(r => r.A && r.B == false).Select(r => r.Y).Distinct().Count(),
            Different(rows, r => r.H == 1).Count,
        ];
        return string.Join('|', values.Select(Text));
    }

    private static List<int> Different(Row[] rows, Func<Row, bool> filter) => [.. rows.Where(filter).Select(r => r.X).OfType<int>().Distinct()];

    private static int? Sum(List<int> values) => values.Count == 0 ? null : values.Sum();

    private static string Text(object? value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private sealed record Row(int G, int H, int? X, int Y, bool A, bool? B);
}
