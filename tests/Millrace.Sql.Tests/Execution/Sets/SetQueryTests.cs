using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

public sealed class SetQueryTests
{
    private const string Left = "(VALUES (1, 'a'), (1, 'a'), (2, 'b'), (NULL, 'n'), (NULL, 'n'), (3, NULL)) AS l(x, y)";
    private const string Right = "(VALUES (1, 'a'), (NULL, 'n'), (NULL, 'n'), (NULL, 'n'), (4, 'd')) AS r(x, y)";

    [Theory]
    [InlineData("INTERSECT", "1|a", "null|n")]
    [InlineData("INTERSECT ALL", "1|a", "null|n", "null|n")]
    [InlineData("EXCEPT", "2|b", "3|null")]
    [InlineData("EXCEPT ALL", "1|a", "2|b", "3|null")]
    public async Task Sets_are_compared_row_by_row_and_nulls_are_equal(string operation, params string[] expected)
    {
        Assert.Equal(expected, await SqlRows.SortedAsync($"SELECT * FROM {Left} {operation} SELECT * FROM {Right}"));
    }

    [Fact]
    public async Task A_set_without_itself_is_empty()
    {
        Assert.Empty(await SqlRows.RunAsync($"WITH t AS (SELECT * FROM {Left}) SELECT * FROM t EXCEPT SELECT * FROM t"));
    }

    [Fact]
    public async Task Distinct_on_keeps_the_first_row_of_the_order()
    {
        Assert.Equal(["null|n", "1|a", "2|c"], await SqlRows.RunAsync("SELECT DISTINCT ON (x) x, y FROM (VALUES (1, 'b'), (2, 'c'), (1, 'a'), (NULL, 'n'), (NULL, 'z'), (2, 'd')) AS t(x, y) ORDER BY x NULLS FIRST, y"));
    }

    [Fact]
    public async Task Arrays_are_read_side_by_side()
    {
        Assert.Equal(
            ["1|10|a|1", "1|20|null|2"],
            await SqlRows.RunAsync("SELECT k, v, w, o FROM (SELECT 1 AS k, array_agg(x) AS xs, array_agg(y) FILTER (WHERE y <> 'z') AS ys FROM (VALUES (10, 'a'), (20, 'z')) AS a(x, y)) AS t, unnest(xs, ys) WITH ORDINALITY AS u(v, w, o)"));
    }

    [Fact]
    public async Task Rows_without_elements_are_left_out_unless_the_join_keeps_them()
    {
        const string rows = "(SELECT k, array_agg(x) FILTER (WHERE x > 0) AS xs FROM (VALUES (1, 10), (2, 0)) AS a(k, x) GROUP BY k) AS t";
        Assert.Equal(["1|10"], await SqlRows.RunAsync($"SELECT k, v FROM {rows} CROSS JOIN unnest(xs) AS u(v)"));
        Assert.Equal(["1|10", "2|null"], await SqlRows.SortedAsync($"SELECT k, v FROM {rows} LEFT JOIN unnest(xs) AS u(v) ON true"));
    }

    [Theory]
    [InlineData("generate_series(1, 4)", "1,2,3,4")]
    [InlineData("generate_series(5, 1, -2)", "5,3,1")]
    [InlineData("generate_series(1, 0)", "")]
    [InlineData("generate_series(1.0, 2.0, 0.5)", "1.0,1.5,2.0")]
    [InlineData("generate_series(9223372036854775806, 9223372036854775807)", "9223372036854775806,9223372036854775807")]
    [InlineData("generate_series(1, NULL::integer)", "")]
    [InlineData("generate_series(timestamp '2024-01-31', timestamp '2024-04-30', interval '1' month)", "2024-01-31T00:00:00.000000,2024-02-29T00:00:00.000000,2024-03-29T00:00:00.000000,2024-04-29T00:00:00.000000")]
    public async Task Series_go_from_one_value_to_another(string series, string expected)
    {
        Assert.Equal(expected, string.Join(',', await SqlRows.RunAsync($"SELECT v FROM {series} AS s(v)")));
    }

    [Fact]
    public async Task A_step_of_zero_is_an_error()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SqlRows.RunAsync("SELECT * FROM generate_series(1, 2, 0) AS s(v)"));
        Assert.Equal("MR5270", error.Code.Id);
    }

    [Fact]
    public async Task Long_series_end_with_the_limit()
    {
        Assert.Equal(["1", "2", "3"], await SqlRows.RunAsync("SELECT v FROM generate_series(1, 100000000000) AS s(v) LIMIT 3"));
    }

    [Fact]
    public async Task A_recursion_goes_on_until_there_are_no_rows()
    {
        Assert.Equal(["1", "2", "4", "8"], await SqlRows.RunAsync("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM t WHERE n < 8) SELECT n FROM t"));
    }

    [Fact]
    public async Task Rows_that_were_seen_end_a_recursion_over_a_circle()
    {
        const string edges = "(VALUES (1, 2), (2, 3), (3, 1)) AS e(a, b)";
        Assert.Equal(["1", "2", "3"], await SqlRows.SortedAsync($"WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT e.b FROM t JOIN {edges} ON e.a = t.n) SELECT n FROM t"));
    }

    [Fact]
    public async Task A_recursion_without_end_is_stopped_or_ends_with_its_limit()
    {
        const string endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)";
        Assert.Equal(["1", "2", "3"], await SqlRows.RunAsync($"{endless} SELECT n FROM t LIMIT 3"));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SqlRows.RunAsync($"{endless} SELECT n FROM t ORDER BY n", maxRecursion: 20));
        Assert.Equal("MR5272", error.Code.Id);
    }
}
