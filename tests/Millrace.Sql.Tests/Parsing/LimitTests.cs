using System.Text;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>Texts that would exhaust the stack, the memory or the patience of a careless parser.</summary>
[Trait("speed", "slow")]
public sealed class LimitTests
{
    public static TheoryData<string, string, string> Nested => new()
    {
        { "(", "1", ")" },
        { "-", "1", "" },
        { "NOT ", "a", "" },
        { "f(", "1", ")" },
        { "(SELECT ", "1", ")" },
        { "CASE WHEN a THEN ", "1", " END" },
        { "ARRAY[", "1", "]" },
        { "a[", "1", "]" },
        { "EXISTS (SELECT ", "1", ")" },
        { "a IN (", "1", ")" },
        { "CAST(", "1", " AS int)" },
        { "a OR (", "b", ")" },
        { "1 = ", "1", "" },
        { "", "1", "::int" },
        { "", "1", " + 1" },
        { "", "a", " IS NULL" },
        { "", "f(x)", ".y" },
        { "", "a", "[1]" },
        { "(", "1", " + 1)" },
        { "(SELECT * FROM ", "t", ") AS x" },
        { "(SELECT 1 FROM (", "t", "))" },
        { "(", "(SELECT 1)", ") UNION SELECT 2" },
    };

    [Theory]
    [MemberData(nameof(Nested))]
    public void What_nests_or_chains_too_far_is_an_error_and_not_the_end(string open, string middle, string close)
    {
        foreach (int count in (int[])[1001, 20_000, 100_000])
        {
            string text = Repeat(open, count) + middle + Repeat(close, count);
            MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText("SELECT " + text)));
            Assert.NotEqual(ErrorDomain.Internal, error.Code.Domain);
        }
    }

    [Theory]
    [InlineData("(", "1", ")", 900)]
    [InlineData("- ", "1", "", 900)]
    [InlineData("", "1", " + 1", 990)]
    [InlineData("(SELECT ", "1", ")", 400)]
    [InlineData("f(", "1", ")", 900)]
    public void What_nests_a_little_less_is_read_printed_and_read_again(string open, string middle, string close, int count)
    {
        ExpressionSyntax tree = SqlParser.ParseExpression(new SourceText(Repeat(open, count) + middle + Repeat(close, count)));
        Assert.Equal("", SyntaxComparison.Difference(tree, SqlParser.ParseExpression(new SourceText(SqlPrinter.Print(tree)))));
    }

    [Theory]
    [InlineData(" AND ")]
    [InlineData(" OR ")]
    public void Long_chains_of_conditions_are_not_deep(string word)
    {
        ExpressionSyntax tree = SqlParser.ParseExpression(new SourceText(string.Join(word, Enumerable.Range(0, 100_000).Select(i => $"a = {i}"))));
        ExpressionSyntax again = SqlParser.ParseExpression(new SourceText(SqlPrinter.Print(tree)));
        Assert.Equal("", SyntaxComparison.Difference(tree, again));
        Assert.InRange(Depth(tree), 15, 20);

        // In the order they were written.
        var leaves = new List<string>();
        Collect(tree, leaves);
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), leaves);
    }

    [Fact]
    public void Deep_joins_and_unions_are_refused()
    {
        foreach (string text in (string[])["SELECT 1" + Repeat(" UNION ALL SELECT 1", 5000), "SELECT * FROM t" + Repeat(", t", 5000), "SELECT * FROM t" + Repeat(" CROSS JOIN t", 5000), "SELECT * FROM t WINDOW SESSION(1m, " + Repeat("(", 5000)])
        {
            MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText(text)));
            Assert.Same(ParsingErrors.TooDeep, error.Code);
        }
    }

    [Fact]
    public void Parentheses_at_every_level_of_queries_are_looked_at_once()
    {
        string nested = Repeat("(", 300) + "SELECT 1" + Repeat(")", 300);
        string text = string.Join(";\n", Enumerable.Repeat($"SELECT {nested}, ({nested} + 1)", 1000));
        Assert.Equal(1000, SqlParser.ParseScript(new SourceText(text)).Count);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused()
        => Assert.Same(ParsingErrors.TooLong, Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText(new string(' ', SqlParser.MaxLength + 1)))).Code);

    [Fact]
    public void Grouping_sets_do_not_explode()
    {
        string many = string.Join(", ", Enumerable.Range(0, 13).Select(i => $"c{i}"));
        Assert.Same(ParsingErrors.TooManySets, Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText($"SELECT 1 GROUP BY CUBE ({many})"))).Code);
        string cube = $"CUBE ({string.Join(", ", Enumerable.Range(0, 12).Select(i => $"c{i}"))})";
        Assert.Same(ParsingErrors.TooManySets, Assert.Throws<MillraceException>(() => SqlParser.ParseScript(new SourceText($"SELECT 1 GROUP BY GROUPING SETS ({cube}, {cube})"))).Code);
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static int Depth(ExpressionSyntax tree)
        => tree is BinarySyntax { Operator: BinaryOperator.And or BinaryOperator.Or } binary ? 1 + Math.Max(Depth(binary.Left), Depth(binary.Right)) : 0;

    private static void Collect(ExpressionSyntax tree, List<string> leaves)
    {
        if (tree is BinarySyntax { Operator: BinaryOperator.And or BinaryOperator.Or } binary)
        {
            Collect(binary.Left, leaves);
            Collect(binary.Right, leaves);
        }
        else
        {
            leaves.Add(((LiteralSyntax)((BinarySyntax)tree).Right).Text);
        }
    }
}
