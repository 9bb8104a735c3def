using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Execution;
using Millrace.Sql.Tests.Binding;

namespace Millrace.Sql.Tests.Planning;

/// <summary>What joins tell the plans below them, and on which side semi joins stand.</summary>
public sealed class JoinFilterTests
{
    private const string Groups = "(SELECT x, count(*) AS n FROM generate_series(1, 40000) AS t(x) GROUP BY x) AS g";

    [Fact]
    public async Task Only_the_groups_that_a_join_asks_for_are_made()
    {
        string sql = $"SELECT g.x, g.n FROM {Groups} JOIN (VALUES (7), (8), (50000), (NULL)) AS f(x) ON g.x = f.x";
        Assert.Contains("JoinFilter generate_series in", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(2, (await SqlRows.SortedAsync(sql)).Count);
    }

    [Fact]
    public async Task Groups_are_chosen_by_what_a_join_of_others_leaves()
    {
        string sql = $"SELECT count(*) FROM {Groups} JOIN (SELECT y FROM generate_series(1, 40000) AS u(y)) AS h ON g.x = h.y JOIN (VALUES (7), (8)) AS f(x) ON h.y = f.x";
        Assert.Contains("JoinFilter generate_series in", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(["2"], await SqlRows.SortedAsync(sql));
    }

    [Fact]
    public async Task Rows_that_an_outer_join_keeps_are_not_left_out()
    {
        string sql = $"SELECT g.x, f.x FROM {Groups} LEFT JOIN (VALUES (7), (8)) AS f(x) ON g.x = f.x";
        Assert.DoesNotContain("JoinFilter", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(40_000, (await SqlRows.SortedAsync(sql)).Count);
    }

    [Fact]
    public async Task Groups_by_sets_are_not_chosen_by_one_key()
    {
        string sql = "SELECT g.x, g.n FROM (SELECT x, count(*) AS n FROM generate_series(1, 100) AS t(x) GROUP BY ROLLUP (x)) AS g JOIN (VALUES (7), (8)) AS f(x) ON g.x IS NOT DISTINCT FROM f.x";
        Assert.DoesNotContain("JoinFilter", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(2, (await SqlRows.SortedAsync(sql)).Count);
    }

    [Fact]
    public async Task The_smaller_side_of_a_semi_join_is_kept()
    {
        const string sql = "SELECT y FROM (VALUES (7), (50000), (NULL)) AS f(y) WHERE {0} (SELECT 1 FROM generate_series(1, 40000) AS t(x) WHERE x = y) ORDER BY y";
        Assert.Contains("right semi generate_series = ", await Explain(string.Format(null, sql, "EXISTS")), StringComparison.Ordinal);
        Assert.Contains("right anti generate_series = ", await Explain(string.Format(null, sql, "NOT EXISTS")), StringComparison.Ordinal);
        Assert.Equal(["7"], await SqlRows.RunAsync(string.Format(null, sql, "EXISTS")));
        Assert.Equal(["50000", "null"], await SqlRows.RunAsync(string.Format(null, sql, "NOT EXISTS")));
    }

    [Fact]
    public async Task A_semi_join_that_leaves_few_rows_comes_before_other_joins()
    {
        const string sql = "SELECT count(*) FROM generate_series(1, 1000) AS a(x) JOIN generate_series(1, 4000) AS b(y) ON x = y % 1000 WHERE x IN (SELECT k FROM generate_series(1, 500) AS c(k) WHERE k = 8)";
        string[] lines = (await Explain(sql)).Split('\n');
        int semi = Array.FindIndex(lines, l => l.Contains("semi", StringComparison.Ordinal));
        int inner = Array.FindIndex(lines, l => l.Contains("inner", StringComparison.Ordinal));
        Assert.True(inner >= 0 && semi > inner, string.Join('\n', lines));
        Assert.Equal(["4"], await SqlRows.RunAsync(sql));
    }

    private static Task<string> Explain(string sql)
        => SqlEngine.ExplainAsync(PlanKit.Parse(sql), new MemoryCatalog(), BuiltInFunctions.Table, new QueryContext(), analyze: false, CancellationToken.None);
}
