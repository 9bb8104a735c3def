using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>Intervals mean what PostgreSQL makes of them.</summary>
public sealed class IntervalLiteralTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData("'1' year", 12, 0, 0)]
    [InlineData("'1 year 2 mons -3 days 04:05:06.789'", 14, -3, (14706 * Second) + 789_000_000)]
    [InlineData("'1-2'", 14, 0, 0)]
    [InlineData("'-1-2' year to month", -14, 0, 0)]
    [InlineData("'3 4:05:06'", 0, 3, 14706 * Second)]
    [InlineData("'3 4:05' day to minute", 0, 3, 14700 * Second)]
    [InlineData("'4:05' minute to second", 0, 0, 245 * Second)]
    [InlineData("'4:05'", 0, 0, 14700 * Second)]
    [InlineData("'-4:05:06'", 0, 0, -14706 * Second)]
    [InlineData("'1 day ago'", 0, -1, 0)]
    [InlineData("'@ 1 minute'", 0, 0, 60 * Second)]
    [InlineData("'1.5 hours'", 0, 0, 5400 * Second)]
    [InlineData("'1.5 days'", 0, 1, 43200 * Second)]
    [InlineData("'1.5 months'", 1, 15, 0)]
    [InlineData("'1.5 years'", 18, 0, 0)]
    [InlineData("'2 weeks'", 0, 14, 0)]
    [InlineData("'1.5 weeks'", 0, 10, 43200 * Second)]
    [InlineData("'1 century 1 decade'", 1320, 0, 0)]
    [InlineData("'1 quarter'", 3, 0, 0)]
    [InlineData("'90'", 0, 0, 90 * Second)]
    [InlineData("'90' minute", 0, 0, 5400 * Second)]
    [InlineData("'1h30m'", 0, 0, 5400 * Second)]
    [InlineData("'500 ms 3 us 7 ns'", 0, 0, 500_003_007)]
    [InlineData("'P1Y2M3DT4H5M6S'", 14, 3, 14706 * Second)]
    [InlineData("'1 day, 2 hours'", 0, 1, 7200 * Second)]
    [InlineData("5 minutes", 0, 0, 300 * Second)]
    [InlineData("1.5 day", 0, 1, 43200 * Second)]
    [InlineData("'0 seconds'", 0, 0, 0)]
    public void A_spelling_of_PostgreSQL_means_what_it_means_there(string text, int months, int days, long nanoseconds)
        => Assert.Equal(new Interval(months, days, nanoseconds), Assert.IsType<IntervalSyntax>(SqlParser.ParseExpression(new SourceText($"INTERVAL {text}"))).Value);

    [Theory]
    [InlineData("''")]
    [InlineData("'ago'")]
    [InlineData("'1 dya'")]
    [InlineData("'1-13'")]
    [InlineData("'1:2:3:4'")]
    [InlineData("'1:60'")]
    [InlineData("'1.5.5 days'")]
    [InlineData("'300000000 years'")]
    [InlineData("'9999999999999 hours'")]
    [InlineData("'999999999999999999999 days'")]
    [InlineData("'P'")]
    [InlineData("'1 day -'")]
    [InlineData("'--1 day'")]
    public void What_is_no_interval_is_an_error(string text)
        => Assert.Same(ParsingErrors.BadLiteral, Assert.Throws<MillraceException>(() => SqlParser.ParseExpression(new SourceText($"INTERVAL {text}"))).Code);
}
