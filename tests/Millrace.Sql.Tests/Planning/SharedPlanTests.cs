using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Binding;
using Millrace.Sql.Tests.Execution;

namespace Millrace.Sql.Tests.Planning;

/// <summary>What is equal in a query is computed once, and what is not is not taken for it.</summary>
public sealed class SharedPlanTests
{
    private const string Counts = "WITH counts AS (SELECT x % 10 AS k, count(*) AS n, sum(x) AS total FROM generate_series(1, 1005) AS t(x) GROUP BY x % 10) ";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_common_table_that_is_used_twice_is_computed_once(int lanes)
    {
        const string sql = Counts + "SELECT c.k, c.n FROM counts AS c JOIN (SELECT max(n) AS most FROM counts) AS m ON c.n = m.most ORDER BY c.k";
        Assert.Equal(1, Occurrences(await Explain(sql), "SharedRows #"));
        Assert.Equal(1, Occurrences(await Explain(sql), "Aggregate by"));
        Assert.Equal(["1|101", "2|101", "3|101", "4|101", "5|101"], await SqlRows.RunAsync(sql, lanes));
    }

    [Fact]
    public async Task Uses_that_want_different_columns_share_one_group()
    {
        const string sql = Counts + "SELECT a.k, a.n, b.total FROM counts AS a JOIN counts AS b ON a.k = b.k WHERE a.k < 2 AND b.k < 2 ORDER BY a.k";
        Assert.Equal(1, Occurrences(await Explain(sql), "Aggregate"));
        Assert.Equal(["0|100|50500", "1|101|50601"], await SqlRows.RunAsync(sql));
    }

    [Fact]
    public async Task Equal_subqueries_are_found_whatever_their_columns_are_called()
    {
        const string sql = "SELECT p, q, b.s FROM (SELECT x % 3 AS p, sum(x) AS q FROM generate_series(1, 10) AS t(x) GROUP BY x % 3) AS a, (SELECT y % 3 AS r, sum(y) AS s FROM generate_series(1, 10) AS u(y) GROUP BY y % 3) AS b WHERE p = r ORDER BY p";
        Assert.Equal(["0|18|18", "1|22|22", "2|15|15"], await SqlRows.RunAsync(sql));
        Assert.Contains("SharedRows", await Explain(sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_in_a_condition_on_rows_is_not_shared()
    {
        const string sql = "SELECT a.n, b.n FROM (SELECT count(*) AS n FROM generate_series(1, 1000) AS t(x) WHERE x % 7 > 1) AS a, (SELECT count(*) AS n FROM generate_series(1, 1000) AS t(x) WHERE x % 7 > 2) AS b";
        Assert.DoesNotContain("SharedRows", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(["715|572"], await SqlRows.RunAsync(sql));
    }

    [Fact]
    public async Task What_differs_in_a_condition_on_groups_is_shared_below_it()
    {
        const string sql = Counts + "SELECT a.k, b.k FROM (SELECT k FROM counts WHERE n > 100) AS a, (SELECT k FROM counts WHERE total > 50904) AS b WHERE a.k = b.k";
        Assert.Contains("SharedRows", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(["5|5"], await SqlRows.SortedAsync(sql));
    }

    [Theory]
    [InlineData("WITH q AS (SELECT i, random() AS r FROM generate_series(1, 100) AS t(i)) SELECT count(*) FROM q AS a JOIN q AS b ON a.i = b.i AND a.r = b.r WHERE a.i > 10", "90")]
    [InlineData("WITH q AS (SELECT random() AS r) SELECT (SELECT r FROM q) = (SELECT r FROM q)", "true")]
    [InlineData("WITH q AS (SELECT i FROM generate_series(1, 1000) AS t(i) WHERE random() < 0.5), p AS (SELECT i FROM q) SELECT (SELECT count(*) FROM p) = (SELECT count(*) FROM q)", "true")]
    [InlineData("WITH q AS (SELECT i, (SELECT random()) AS r FROM generate_series(1, 3) AS t(i)) SELECT count(*) FROM (SELECT r FROM q UNION SELECT r FROM q) AS u", "1")]
    [InlineData("WITH q(a, b) AS (SELECT r, r FROM (SELECT random() AS r) AS t) SELECT count(*) FROM q AS x JOIN q AS y ON x.a = y.b", "1")]
    [InlineData("WITH q AS (SELECT random() AS r) SELECT count(*) FROM q", "1")]
    [InlineData("WITH RECURSIVE q AS (SELECT random() AS x), r AS (SELECT 1 AS i UNION ALL SELECT r.i + 1 FROM r JOIN q ON q.x >= 0 WHERE r.i < 5) SELECT count(*) FROM r CROSS JOIN q", "5")]
    [InlineData("SELECT count(*) FROM generate_series(1, 10) AS t(i) WHERE (WITH q AS (SELECT random() + t.i AS r) SELECT max(r) FROM q) > 0", "10")]
    public async Task A_common_table_with_random_values_is_the_same_wherever_it_is_named(string sql, string expected)
    {
        Assert.Equal([expected], await SqlRows.RunAsync(sql));
        Assert.Equal([expected], await SqlRows.RunAsync(sql, 3));
    }

    [Fact]
    public async Task Calls_that_give_another_value_each_time_are_not_shared()
    {
        const string sql = "SELECT count(*) FROM (SELECT x, max(random()) AS r FROM generate_series(1, 50) AS t(x) GROUP BY x) AS a JOIN (SELECT x, max(random()) AS r FROM generate_series(1, 50) AS t(x) GROUP BY x) AS b ON a.x = b.x AND a.r = b.r";
        Assert.Equal(["0"], await SqlRows.RunAsync(sql));
    }

    [Fact]
    public async Task Shared_rows_that_do_not_fit_into_memory_are_read_from_disk()
    {
        const string sql = "WITH g AS (SELECT x, count(*) AS n FROM generate_series(1, 60000) AS t(x) GROUP BY x) SELECT count(*), sum(a.n), max(b.x) FROM g AS a JOIN g AS b ON a.x = b.x";
        Assert.Contains("SharedRows", await Explain(sql), StringComparison.Ordinal);
        Assert.Equal(["60000|60000|60000"], await SqlRows.RunAsync(sql, memory: new MemoryBudget(3 << 20)));
        Assert.Equal(["60000|60000|60000"], await SqlRows.RunAsync(sql));
    }

    [Fact]
    public async Task What_is_shared_may_read_what_is_shared()
    {
        const string sql = Counts + ", best AS (SELECT n, count(*) AS often FROM counts GROUP BY n) SELECT a.n, b.often, c.k FROM best AS a JOIN best AS b ON a.n = b.n JOIN counts AS c ON c.n = a.n WHERE c.total < 50700 ORDER BY c.k";
        Assert.Equal(2, Occurrences(await Explain(sql), "SharedRows #"));
        Assert.Equal(["100|5|0", "101|5|1", "100|5|6", "100|5|7", "100|5|8", "100|5|9"], await SqlRows.RunAsync(sql));
    }

    [Fact]
    public async Task An_error_in_what_is_shared_ends_the_query()
    {
        const string sql = "WITH g AS (SELECT x % 10 AS k, sum(1 / (x - 500)) AS s FROM generate_series(1, 1000) AS t(x) GROUP BY x % 10) SELECT sum(a.s + b.s) FROM g AS a JOIN g AS b ON a.k = b.k";
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SqlRows.RunAsync(sql));
        Assert.Equal(ExecutionErrors.DivisionByZeroCode, error.Code);
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static Task<string> Explain(string sql)
        => SqlEngine.ExplainAsync(PlanKit.Parse(sql), new MemoryCatalog(), BuiltInFunctions.Table, new QueryContext(), analyze: false, CancellationToken.None);
}
