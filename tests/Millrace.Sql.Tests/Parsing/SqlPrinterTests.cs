using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

[Trait("speed", "slow")]
public sealed class SqlPrinterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parsing_what_was_printed_gives_the_tree_that_was_printed(int seed)
    {
        var trees = new RandomTrees(seed);
        for (int i = 0; i < 1500; i++)
        {
            StatementSyntax statement = trees.Statement();
            Check(statement, SqlPrinter.Print(statement), s => SqlParser.ParseStatement(s));
            ExpressionSyntax expression = trees.Expression(5);
            Check(expression, SqlPrinter.Print(expression), s => SqlParser.ParseExpression(s));
        }
    }

    [Theory]
    [InlineData("a+b*c", "a + b * c")]
    [InlineData("(a+b)*c", "(a + b) * c")]
    [InlineData("a-(b-c)", "a - (b - c)")]
    [InlineData("- - 1", "- -1")]
    [InlineData("not(a and b)or c", "NOT (a AND b) OR c")]
    [InlineData("a::int::text", "CAST(CAST(a AS int) AS text)")]
    [InlineData("interval '90 minutes'", "INTERVAL 'PT1H30M'")]
    [InlineData("extract(year from ts)", "date_part('year', ts)")]
    [InlineData("position('x' in a)", "position(a, 'x')")]
    [InlineData("a at time zone 'UTC'", "timezone('UTC', a)")]
    [InlineData("trim(leading 'x' from a)", "ltrim(a, 'x')")]
    [InlineData("substring(a for 2)", "substring(a, 1, 2)")]
    [InlineData("\"select\"", "\"select\"")]
    [InlineData("(a, b) in ((1, 2), (3, 4))", "STRUCT(a, b) IN (STRUCT(1, 2), STRUCT(3, 4))")]
    [InlineData("0xff + 1_000", "255 + 1000")]
    public void Each_meaning_is_written_in_one_way(string text, string printed)
        => Assert.Equal(printed, SqlPrinter.Print(SqlParser.ParseExpression(new SourceText(text))));

    [Fact]
    public void Rollup_and_cube_are_spelled_out_largest_sets_first()
        => Assert.Equal(
            "SELECT 1 GROUP BY GROUPING SETS ((a, b, c), (a), ()), GROUPING SETS ((d, e), (d), (e), ())",
            SqlPrinter.Print(SqlParser.ParseStatement(new SourceText("SELECT 1 GROUP BY ROLLUP (a, (b, c)), CUBE (d, e)"))));

    private static void Check<T>(T tree, string text, Func<SourceText, T> parse)
        where T : SyntaxNode
    {
        T again;
        try
        {
            again = parse(new SourceText(text));
        }
        catch (MillraceException e)
        {
            throw new InvalidOperationException(new SourceText(text).Render(e) + "\n" + text, e);
        }

        string difference = SyntaxComparison.Difference(tree, again);
        Assert.True(difference.Length == 0, $"{text}\n{difference}");
    }
}
