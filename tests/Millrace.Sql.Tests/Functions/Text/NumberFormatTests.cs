using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions;

public sealed class NumberFormatTests
{
    [Theory]
    [InlineData("", "has no digits: 9 or 0")]
    [InlineData("9.9.9", "has two decimal points")]
    [InlineData("9\"x", "has a quote without an end")]
    [InlineData("RN", "has 'R', which Millrace does not know")]
    [InlineData("9.9EEEE", "has 'E', which Millrace does not know")]
    public void A_format_that_cannot_be_used_says_why(string format, string fault) => Assert.Equal(fault, NumberFormat.Parse(format).Fault);

    [Theory]
    [InlineData("9,999.00", false, "123456", " 1,234.56")]
    [InlineData("9,999.00", true, "123456", "-1,234.56")]
    [InlineData("9,999", false, "12", "    12")]
    [InlineData("0,000", false, "12", " 0,012")]
    [InlineData("FM9,999", false, "12", "12")]
    [InlineData("S9999", true, "12", "  -12")]
    [InlineData("999PR", false, "485", " 485 ")]
    [InlineData("99", true, "0", "  0")]
    [InlineData("99", false, null, " ##")]
    [InlineData("9.99", false, "0", "  .00")]
    [InlineData("FM9th", false, "3", "3rd")]
    [InlineData("FM99TH", false, "12", "12TH")]
    public void Digits_stand_where_the_format_has_them(string format, bool negative, string? digits, string expected)
        => Assert.Equal(expected, NumberFormat.Parse(format).Write(negative, digits));
}
