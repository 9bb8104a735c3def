using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Joins without keys, and of many rows with one key, whose kept side is larger than memory.</summary>
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

    [Fact]
    public async Task Where_rows_without_a_match_come_out_the_limit_is_told()
    {
        const string sql = $"SELECT count(*) FROM {Few} LEFT JOIN {Many} ON x < y";
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => SqlRows.RunAsync(sql, memory: new MemoryBudget(100_000)));
        Assert.Equal(SpillErrors.MemoryExhaustedCode, error.Code);
    }
}
