namespace Millrace.Sql.Tests.Binding;

public class BindingErrorTests
{
    [Theory]
    [InlineData("SELECT * FROM ordrs", "MR5101", "1:15", "There is no table 'ordrs' (did you mean 'orders'?).")]
    [InlineData("SELECT custmer FROM orders", "MR5102", "1:8", "There is no column 'custmer' (did you mean 'customer'?).")]
    [InlineData("SELECT o.amout\nFROM orders o", "MR5102", "1:8", "There is no column 'o.amout' (did you mean 'o.amount'?).")]
    [InlineData("SELECT address.cty FROM customers", "MR5102", "1:16", "struct<city varchar, zip varchar> has no field 'cty' (did you mean 'city'?).")]
    [InlineData("SELECT \"A\" FROM t JOIN u ON t.a = u.a", "MR5103", "1:8", "'A' is a column of t and of u.")]
    [InlineData("SELECT t.a FROM t, t", "MR5110", "1:20", "There are two tables with the name 't'.")]
    [InlineData("SELECT uper(s) FROM t", "MR5104", "1:8", "There is no function 'uper' (did you mean 'upper'?).")]
    [InlineData("SELECT * FROM unest(t)", "MR5104", "1:15", "There is no table function 'unest' (did you mean 'unnest'?).")]
    [InlineData("SELECT a + s FROM t", "MR5105", "1:8", "There is no operator for integer + varchar.")]
    [InlineData("SELECT a FROM t WHERE s = 5", "MR5106", "1:27", "The comparison mixes varchar and integer, which have no common type.")]
    [InlineData("SELECT a FROM t WHERE a", "MR5106", "1:23", "The condition of WHERE has to be boolean, found integer.")]
    [InlineData("SELECT CASE WHEN a > 1 THEN a ELSE s END FROM t", "MR5106", "1:36", "CASE mixes integer and varchar, which have no common type.")]
    [InlineData("SELECT a FROM t WHERE day > '2024-13-01'", "MR5112", "1:29", "'2024-13-01' is not a date.")]
    [InlineData("SELECT a + 'x' FROM t", "MR5112", "1:12", "'x' is not an integer.")]
    [InlineData("SELECT CAST(s AS strng) FROM t", "MR5106", "1:18", "Type 'strng': 'strng' is not the name of a type.")]
    [InlineData("SELECT CAST(day AS boolean) FROM t", "MR5106", "1:8", "date cannot be converted into boolean.")]
    [InlineData("SELECT a FROM t WHERE sum(b) > 1", "MR5107", "1:23", "WHERE cannot contain the aggregate sum.")]
    [InlineData("SELECT sum(max(b)) FROM t", "MR5107", "1:12", "max stands inside another aggregate.")]
    [InlineData("SELECT a FROM t GROUP BY sum(b)", "MR5107", "1:26", "GROUP BY cannot contain the aggregate sum.")]
    [InlineData("SELECT a FROM t WHERE row_number() OVER () = 1", "MR5107", "1:23", "WHERE cannot contain a call over a window.")]
    [InlineData("SELECT row_number() FROM t", "MR5107", "1:8", "row_number is a function over a window, which needs OVER (…).")]
    [InlineData("SELECT a, sum(b) FROM t", "MR5108", "1:8", "Column 'a' is neither in GROUP BY nor inside an aggregate.")]
    [InlineData("SELECT a + 1 FROM t GROUP BY a + 2", "MR5108", "1:8", "Column 'a' is neither in GROUP BY nor inside an aggregate.")]
    [InlineData("SELECT s FROM t GROUP BY s HAVING b > 1", "MR5108", "1:35", "Column 'b' is neither in GROUP BY nor inside an aggregate.")]
    [InlineData("SELECT a FROM t UNION SELECT a, b FROM u", "MR5109", "1:23", "The queries of UNION have 1 and 2 columns.")]
    [InlineData("SELECT a FROM t WHERE a IN (SELECT a, b FROM u)", "MR5109", "1:29", "The subquery has 2 columns, expected 1.")]
    [InlineData("SELECT * FROM loop1", "MR5111", "1:15", "The view uses itself: loop1 → loop2 → loop1.")]
    [InlineData("SELECT a FROM t ORDER BY 2", "MR5113", "1:26", "ORDER BY 2 does not stand for a column: the SELECT list has 1.")]
    [InlineData("SELECT a FROM t LIMIT -1", "MR5113", "1:23", "LIMIT cannot be negative.")]
    [InlineData("SELECT DISTINCT a FROM t ORDER BY b", "MR5107", "1:35", "With SELECT DISTINCT, ORDER BY can only use what is selected.")]
    [InlineData("SELECT sum(a) OVER w FROM t WINDOW v AS ()", "MR5116", "1:20", "There is no window 'w'.")]
    [InlineData("WITH RECURSIVE r AS (SELECT * FROM r) SELECT * FROM r", "MR5118", "1:16", "'r' names itself, but is not a UNION of a start and a step.")]
    public void What_is_wrong_is_said_with_its_place(string sql, string id, string place, string message)
    {
        (string foundId, string foundPlace, string foundMessage, string hint) = PlanKit.Fail(sql);
        Assert.Equal((id, message, place), (foundId, foundMessage, foundPlace));
        Assert.NotEqual("", hint);
    }

    [Fact]
    public void An_alias_in_where_gets_a_hint()
        => Assert.Equal("total is an alias of the SELECT list, which WHERE cannot use.", PlanKit.Fail("SELECT a + b AS total FROM t WHERE total > 1").Hint);

    [Fact]
    public void An_unknown_column_in_a_view_is_told_at_the_view()
    {
        (string id, string place, string message, _) = Fail("SELECT 1\nFROM broken", "SELECT zzz FROM t");
        Assert.Equal(("MR5102", "2:6", "In the view broken: There is no column 'zzz'."), (id, place, message.Replace(" (did you mean 's'?)", "", StringComparison.Ordinal)));
    }

    private static (string Id, string Place, string Message, string Hint) Fail(string sql, string view)
    {
        var views = new ViewCatalog(new Dictionary<string, string> { ["broken"] = view, ["t"] = "SELECT 1 AS a, 'x' AS s" });
        MillraceException error = Assert.Throws<MillraceException>(() =>
            Sql.Binding.QueryBinder.BindAsync(PlanKit.Parse(sql), views, Sql.Functions.BuiltInFunctions.Table, CancellationToken.None).GetAwaiter().GetResult());
        error = new Sql.Parsing.SourceText(sql).Locate(error);
        return (error.Code.Id, $"{error.Place?.Line}:{error.Place?.Column}", error.Message, error.Hint);
    }
}
