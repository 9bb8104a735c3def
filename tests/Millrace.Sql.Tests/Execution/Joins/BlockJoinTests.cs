using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Joins without keys, and of many rows with one key, whose kept side is larger than memory.</summary>
[Trait("speed", "slow")]
public sealed class BlockJoinTests
{
    // Conditions that leave all rows, so that few are expected and this side is kept.
    private const string Many = "(SELECT y FROM generate_series(1, 60000) AS s(y) WHERE y + 1 > y AND y + 2 > y AND y + 3 > y AND y + 4 > y AND y + 5 > y) AS b";
    private const string Few = "generate_series(1, 300) AS a(x)";

    [Theory]
    [InlineData("JOIN", "x * 200 = y + 0 * x AND x < y", "SELECT count(*), min(y), max(x) FROM ", "300|200|300")]
    [InlineData("JOIN", "x + y < 10", "SELECT count(*), min(y), max(x) FROM ", "36|1|8")]
    [InlineData("RIGHT JOIN", "x + y < 10", "SELECT count(*), count(x), count(y) FROM ", "60028|36|60028")]
    public async Task A_join_without_keys_goes_through_the_kept_side_piece_by_piece(string kind, string condition, string select, string expected)
    {
        string sql = $"{select}{Few} {kind} {Many} ON {condition}";
        Assert.Equal([expected], await SqlRows.RunAsync(sql));
        Assert.Equal([expected], await SqlRows.RunAsync(sql, memory: new MemoryBudget(100_000)));
    }

    [Fact]
    public async Task Rows_of_one_key_that_do_not_fit_are_joined_piece_by_piece()
    {
        const string sql = $"SELECT count(*), sum(y) FROM {Few} JOIN {Many} ON x % 1 = y % 1 AND x + y < 9";
        Assert.Equal(["28|84"], await SqlRows.RunAsync(sql));
        Assert.Equal(["28|84"], await SqlRows.RunAsync(sql, memory: new MemoryBudget(100_000)));
    }

    // Answers by counting: b has 1..60000, a has 1..300.
    [Theory]
    [InlineData("SELECT count(*), count(y), max(x) FROM {a} LEFT JOIN {b} ON x + y < 10", "328|36|300")]
    [InlineData("SELECT count(*), count(y), count(x) FROM {a} FULL JOIN {b} ON x + y < 10", "60320|60028|328")]
    [InlineData("SELECT count(*), min(x), max(x) FROM {a} WHERE EXISTS (SELECT 1 FROM {b} WHERE x + y > 60200)", "100|201|300")]
    [InlineData("SELECT count(*), min(x), max(x) FROM {a} WHERE NOT EXISTS (SELECT 1 FROM {b} WHERE x + y > 60200)", "200|1|200")]
    [InlineData("SELECT count(*), min(x), max(x) FROM {a} WHERE x NOT IN (SELECT y * 2 FROM {b})", "150|1|299")]
    [InlineData("SELECT count(*), min(x), max(x) FROM {a} WHERE x NOT IN (SELECT CASE WHEN y < 60000 THEN y * 2 END FROM {b})", "0|null|null")]
    [InlineData("SELECT count(*) FILTER (WHERE m), count(*) FILTER (WHERE NOT m), count(*) FILTER (WHERE m IS NULL) FROM (SELECT x IN (SELECT CASE WHEN y < 60000 THEN y * 2 END FROM {b}) AS m FROM {a}) AS t", "150|0|150")]
    public async Task Rows_of_the_other_side_are_judged_by_all_pieces(string sql, string expected)
    {
        sql = sql.Replace("{a}", Few, StringComparison.Ordinal).Replace("{b}", Many, StringComparison.Ordinal);
        Assert.Equal([expected], await SqlRows.RunAsync(sql));
        var memory = new MemoryBudget(100_000);
        Assert.Equal([expected], await SqlRows.RunAsync(sql, memory: memory));
        Assert.True(memory.Spilled > 0, "Nothing went to disk.");
    }
}
