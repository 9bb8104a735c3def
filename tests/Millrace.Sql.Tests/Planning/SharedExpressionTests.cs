using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Binding;
using Millrace.Sql.Tests.Execution;

namespace Millrace.Sql.Tests.Planning;

/// <summary>What expressions have in common is computed once, unless a branch guards it.</summary>
public sealed class SharedExpressionTests
{
    private const string Rows = "FROM generate_series(0, 9) AS t(x)";

    [Fact]
    public async Task Arguments_of_aggregates_with_a_common_part_are_made_of_one_column()
    {
        string[] lines = await Explain($"SELECT sum(x * 3 % 7) AS a, max(x * 3 % 7 + 1) AS b {Rows}");
        int aggregate = Array.FindIndex(lines, l => l.TrimStart().StartsWith("Aggregate", StringComparison.Ordinal));
        Assert.Equal("Project ((generate_series * 3) % 7)", lines[aggregate + 1].Trim());
        Assert.Equal(["30|7"], await SqlRows.RunAsync($"SELECT sum(x * 3 % 7) AS a, max(x * 3 % 7 + 1) AS b {Rows}"));
    }

    [Fact]
    public async Task Parts_of_what_is_shared_are_shared_too()
    {
        const string sql = "SELECT (x + 1) * (x + 1) AS a, (x + 1) * (x + 1) + x AS b, -(x + 1) AS c FROM generate_series(1, 3) AS t(x) ORDER BY x";
        Assert.Equal(3, (await Explain(sql)).Count(l => l.Contains("+ 1)", StringComparison.Ordinal) && l.Contains("Project", StringComparison.Ordinal)));
        Assert.Equal(["4|5|-2", "9|11|-3", "16|19|-4"], await SqlRows.RunAsync(sql));
    }

    [Theory]
    [InlineData("CASE WHEN x <> 0 THEN 9 / x END, CASE WHEN x <> 0 THEN 9 / x + 1 END")]
    [InlineData("x <> 0 AND 9 / x > 2, x <> 0 AND 9 / x > 2 AND x > 1")]
    [InlineData("coalesce(nullif(x, 0), 9 / (x + 1)), coalesce(nullif(x, 0), 9 / (x + 1))")]
    public async Task A_branch_goes_on_guarding_what_it_has_in_common_with_another(string columns)
        => Assert.Equal(10, (await SqlRows.RunAsync($"SELECT {columns} {Rows}")).Count);

    [Fact]
    public async Task Calls_that_give_another_value_each_time_stay_apart()
        => Assert.Equal(["0"], await SqlRows.RunAsync("SELECT count(*) FROM (SELECT random() AS a, random() AS b FROM generate_series(1, 100) AS t(x)) AS r WHERE a = b"));

    private static async Task<string[]> Explain(string sql)
        => (await SqlEngine.ExplainAsync(PlanKit.Parse(sql), new MemoryCatalog(), BuiltInFunctions.Table, new QueryContext(), analyze: false, CancellationToken.None)).Split('\n');
}
