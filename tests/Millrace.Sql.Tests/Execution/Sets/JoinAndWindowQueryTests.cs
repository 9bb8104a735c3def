using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Joins and windows from the text of a query to its rows.</summary>
public sealed class JoinAndWindowQueryTests
{
    private const string Rows = "(VALUES (1, 'a', 10), (2, 'a', 20), (3, 'b', NULL), (4, 'b', 40), (5, NULL, 50)) AS t(id, k, v)";

    [Theory]
    [InlineData("SELECT a.id, b.id FROM {t} JOIN (VALUES ('a', 7), ('c', 8)) AS b(k, id) USING (k)", "1|7", "2|7")]
    [InlineData("SELECT a.id, b.id FROM {t} FULL JOIN (VALUES ('a', 7), ('c', 8)) AS b(k, id) ON a.k = b.k AND a.id > 1", "1|null", "2|7", "3|null", "4|null", "5|null", "null|8")]
    [InlineData("SELECT id FROM {t} WHERE k NOT IN (SELECT x FROM (VALUES ('a')) AS s(x))", "3", "4")]
    [InlineData("SELECT id FROM {t} WHERE k NOT IN (SELECT x FROM (VALUES ('a'), (NULL)) AS s(x))")]
    [InlineData("SELECT id FROM {t} WHERE EXISTS (SELECT 1 FROM (VALUES (15), (45)) AS s(x) WHERE s.x < a.v AND s.x > a.v - 10)", "2", "5")]
    [InlineData("SELECT a.id, b.id FROM {t} ASOF JOIN (VALUES (1, 10), (2, 30)) AS b(id, w) ON a.v >= b.w", "1|1", "2|1", "4|2", "5|2")]
    [InlineData("SELECT id, (SELECT max(w) FROM (VALUES ('a', 1), ('a', 3)) AS b(k, w) WHERE b.k = a.k) FROM {t}", "1|3", "2|3", "3|null", "4|null", "5|null")]
    public async Task Joins_give_the_pairs_that_are_asked_for(string sql, params string[] expected)
        => Assert.Equal(expected, await SqlRows.SortedAsync(sql.Replace("{t}", Rows.Replace("AS t(", "AS a(", StringComparison.Ordinal), StringComparison.Ordinal)));

    [Theory]
    [InlineData("sum(v) OVER (PARTITION BY k ORDER BY id)", "1|10", "2|30", "3|null", "4|40", "5|50")]
    [InlineData("sum(v) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "1|30", "2|30", "3|60", "4|90", "5|90")]
    [InlineData("count(*) FILTER (WHERE v > 15) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)", "1|0", "2|0", "3|1", "4|0", "5|1")]
    [InlineData("last_value(v) IGNORE NULLS OVER (ORDER BY id)", "1|10", "2|20", "3|20", "4|40", "5|50")]
    [InlineData("lag(v, 2, -1) OVER (ORDER BY id DESC)", "1|null", "2|40", "3|50", "4|-1", "5|-1")]
    [InlineData("max(v) OVER (PARTITION BY k)", "1|20", "2|20", "3|40", "4|40", "5|50")]
    public async Task Calls_over_windows_see_their_frames(string call, params string[] expected)
        => Assert.Equal(expected, await SqlRows.SortedAsync($"SELECT id, {call} FROM {Rows}"));

    [Fact]
    public async Task Rows_are_chosen_by_their_place_in_a_window()
        => Assert.Equal(["2|20", "4|40", "5|50"], await SqlRows.RunAsync($"SELECT id, v FROM {Rows} QUALIFY row_number() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST) = 1 ORDER BY id"));
}
