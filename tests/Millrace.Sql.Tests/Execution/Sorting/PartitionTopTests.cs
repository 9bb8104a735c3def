using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Binding;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Windows of which only the first rows of each partition are wanted.</summary>
public sealed class PartitionTopTests
{
    private const string Numbered = "(SELECT x % 97 AS k, x * 7919 % 100003 AS v, row_number() OVER (PARTITION BY x % 97 ORDER BY x * 7919 % 100003 DESC) AS place FROM generate_series(1, 150000) AS t(x)) AS r";

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(2, 1 << 20)]
    public async Task Few_rows_of_each_partition_are_those_that_a_sort_finds(int lanes, int? memory)
    {
        var best = Enumerable.Range(1, 150_000).Select(x => (Key: x % 97, Value: x * 7919L % 100_003)).GroupBy(r => r.Key).OrderBy(g => g.Key);
        string[] expected = [.. best.SelectMany(g => g.Select(r => r.Value).OrderDescending().Take(3).Select((v, i) => $"{g.Key}|{v}|{i + 1}"))];
        string sql = $"SELECT k, v, place FROM {Numbered} WHERE place <= 3 ORDER BY k, place";
        Assert.Equal(expected, await SqlRows.RunAsync(sql, lanes, memory is { } bytes ? new MemoryBudget(bytes) : null));
    }

    [Theory]
    [InlineData("place <= 3", "first 3 ")]
    [InlineData("place < 3", "first 2 ")]
    [InlineData("place = 2 AND v > 5", "first 2 ")]
    [InlineData("4 >= place", "first 4 ")]
    [InlineData("place > 3", null)]
    [InlineData("place <= 3 OR v = 1", null)]
    public async Task The_window_keeps_what_the_condition_lets_pass(string condition, string? kept)
    {
        string sql = $"SELECT k, v FROM {Numbered} WHERE {condition}";
        string plan = await SqlEngine.ExplainAsync(PlanKit.Parse(sql), new MemoryCatalog(), BuiltInFunctions.Table, new QueryContext(), analyze: false, CancellationToken.None);
        Assert.Equal(kept is not null, plan.Contains("first ", StringComparison.Ordinal));
        Assert.Contains(kept ?? "Window", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_with_equal_ranks_and_sums_over_partitions_need_all_rows()
    {
        const string sql = "SELECT k, n FROM (SELECT x % 5 AS k, x, count(*) OVER (PARTITION BY x % 5 ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS n, row_number() OVER (PARTITION BY x % 5 ORDER BY x) AS place FROM generate_series(1, 1000) AS t(x)) AS r WHERE place = 1 ORDER BY k";
        Assert.Equal(["0|200", "1|200", "2|200", "3|200", "4|200"], await SqlRows.RunAsync(sql));
        Assert.Equal(["1000"], await SqlRows.RunAsync("SELECT count(*) FROM (SELECT rank() OVER (ORDER BY x % 1) AS place FROM generate_series(1, 1000) AS t(x)) AS r WHERE place <= 1"));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(7, "7")]
    public async Task Without_partitions_the_first_rows_of_all_are_kept(int rows, string count)
        => Assert.Equal([count], await SqlRows.RunAsync($"SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY x DESC) AS place FROM generate_series(1, 200000) AS t(x)) AS r WHERE place <= {rows}"));
}
