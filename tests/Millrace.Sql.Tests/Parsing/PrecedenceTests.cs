using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>Operators bind as PostgreSQL's table says: each text means the same as the one with all parentheses written.</summary>
public sealed class PrecedenceTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "1 + (2 * 3)")]
    [InlineData("1 - 2 - 3", "(1 - 2) - 3")]
    [InlineData("8 / 4 % 3 * 2", "((8 / 4) % 3) * 2")]
    [InlineData("2 ^ 3 ^ 2", "(2 ^ 3) ^ 2")]
    [InlineData("-2 ^ 2", "(-2) ^ 2")]
    [InlineData("2 * 3 ^ 2", "2 * (3 ^ 2)")]
    [InlineData("2 ^ -1 * 3", "(2 ^ (-1)) * 3")]
    [InlineData("- a::int", "-(a::int)")]
    [InlineData("-a[1]", "-(a[1])")]
    [InlineData("a || b + c", "a || (b + c)")]
    [InlineData("a || b || c", "(a || b) || c")]
    [InlineData("a -> 'x' ->> 'y' = 'z'", "((a -> 'x') ->> 'y') = 'z'")]
    [InlineData("a | b & c", "(a | b) & c")]
    [InlineData("1 << 2 + 3", "1 << (2 + 3)")]
    [InlineData("~ a + b", "~ (a + b)")]
    [InlineData("~ a | b", "(~ a) | b")]
    [InlineData("a = b || c", "a = (b || c)")]
    [InlineData("a < b = c IS NULL", null)]
    [InlineData("a = b IS NULL", "(a = b) IS NULL")]
    [InlineData("a IS NULL = b", "(a IS NULL) = b")]
    [InlineData("NOT a = b", "NOT (a = b)")]
    [InlineData("NOT a IS NULL", "NOT (a IS NULL)")]
    [InlineData("NOT NOT a AND b", "(NOT (NOT a)) AND b")]
    [InlineData("a = NOT b AND c", "(a = (NOT b)) AND c")]
    [InlineData("a OR b AND c OR d", "(a OR (b AND c)) OR d")]
    [InlineData("a AND NOT b OR c", "(a AND (NOT b)) OR c")]
    [InlineData("a BETWEEN 1 AND 2 AND b", "(a BETWEEN 1 AND 2) AND b")]
    [InlineData("a BETWEEN 1 + 1 AND 2 * 3 OR b", "(a BETWEEN (1 + 1) AND (2 * 3)) OR b")]
    [InlineData("a NOT BETWEEN b || c AND d", "a NOT BETWEEN (b || c) AND d")]
    [InlineData("a = b IN (1, 2)", "a = (b IN (1, 2))")]
    [InlineData("a IN (1) = b", "(a IN (1)) = b")]
    [InlineData("a LIKE b || '%' AND c", "(a LIKE (b || '%')) AND c")]
    [InlineData("a + 1 LIKE b ESCAPE 'x' || 'y'", "(a + 1) LIKE b ESCAPE ('x' || 'y')")]
    [InlineData("a NOT LIKE b = c", "(a NOT LIKE b) = c")]
    [InlineData("a AT TIME ZONE 'UTC' + b", "(a AT TIME ZONE 'UTC') + b")]
    [InlineData("a + b AT TIME ZONE 'UTC'", "a + (b AT TIME ZONE 'UTC')")]
    [InlineData("a ^ b AT TIME ZONE c", "a ^ (b AT TIME ZONE c)")]
    [InlineData("-a AT TIME ZONE b", "(-a) AT TIME ZONE b")]
    [InlineData("a IS DISTINCT FROM b + 1 AND c", "(a IS DISTINCT FROM (b + 1)) AND c")]
    [InlineData("a = b IS NOT DISTINCT FROM c = d", "(a = b) IS NOT DISTINCT FROM (c = d)")]
    [InlineData("a = ANY (b) AND c", "(a = ANY (b)) AND c")]
    [InlineData("a ~ b || c", "(a ~ b) || c")]
    [InlineData("a + b ISNULL", "(a + b) ISNULL")]
    [InlineData("(a).b.c[1].d", "((a.b.c)[1]).d")]
    [InlineData("CASE WHEN a THEN b END + 1", "(CASE WHEN a THEN b END) + 1")]
    [InlineData("x::numeric(4,2)::text || 'a'", "((x::numeric(4,2))::text) || 'a'")]
    [InlineData("date '2024-01-01' - interval '1' day * 2", "date '2024-01-01' - (interval '1' day * 2)")]
    public void An_operator_binds_as_strongly_as_the_table_says(string text, string? same)
    {
        if (same is null)
        {
            Assert.Throws<MillraceException>(() => Parse(text));
        }
        else
        {
            Assert.Equal("", SyntaxComparison.Difference(Parse(same), Parse(text)));
        }
    }

    [Theory]
    [InlineData("a < b < c")]
    [InlineData("a = b = c")]
    [InlineData("a = b <> c")]
    [InlineData("a BETWEEN 1 AND 2 BETWEEN 3 AND 4")]
    [InlineData("a LIKE b LIKE c")]
    [InlineData("a LIKE b NOT IN (c)")]
    [InlineData("a IS DISTINCT FROM b IS NULL")]
    public void Comparisons_do_not_chain(string text)
        => Assert.Same(ParsingErrors.NotAssociative, Assert.Throws<MillraceException>(() => Parse(text)).Code);

    private static ExpressionSyntax Parse(string text) => SqlParser.ParseExpression(new SourceText(text));
}
