using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Columnar.Tests.Text;

public sealed class DecimalTextTests
{
    [Fact]
    public void Numbers_are_read_exactly_or_rounded_as_big_integers_say()
    {
        var random = new Random(3);
        for (int i = 0; i < 300_000; i++)
        {
            string text = RandomNumber(random);
            int precision = random.Next(1, 39);
            int scale = random.Next(0, precision + 1);
            (BigInteger rounded, bool exact) = Expected(text, scale);
            bool fits = BigInteger.Abs(rounded) < BigInteger.Pow(10, precision);
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            string what = $"'{text}' as decimal({precision},{scale})";
            Assert.True(fits == DecimalText.TryParseRounded(bytes, precision, scale, out Int128 value), what);
            Assert.True(!fits || (BigInteger)value == rounded, what);
            Assert.True((fits && exact) == DecimalText.TryParse(bytes, precision, scale, out value), what);
            Assert.True(!(fits && exact) || (BigInteger)value == rounded, what);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("+.")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("e5")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("NaN")]
    [InlineData("0x1")]
    [InlineData("1e5e")]
    [InlineData("1-")]
    [InlineData("12345678.1234567a")]
    public void What_is_no_number_is_refused(string text)
    {
        Assert.False(DecimalText.TryParseRounded(Encoding.UTF8.GetBytes(text), 38, 10, out _));
    }

    [Theory]
    [InlineData("1e999999999999", false)]
    [InlineData("1e-999999999999", true)]
    [InlineData("0e999999999999", true)]
    [InlineData("0.000000000000000000000000000000000000000000000000000001e55", true)]
    [InlineData("99999999999999999999999999999999999999.5", false)]
    [InlineData("-99999999999999999999999999999999999999.4", true)]
    public void Extreme_exponents_and_lengths_are_decided_at_once(string text, bool accepted)
        => Assert.Equal(accepted, DecimalText.TryParseRounded(Encoding.UTF8.GetBytes(text), 38, 0, out _));

    [Fact]
    public void Written_decimals_have_all_digits_of_their_scale_and_read_back()
    {
        var random = new Random(4);
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        for (int i = 0; i < 100_000; i++)
        {
            int scale = random.Next(0, 39);
            Int128 value = RandomInt128(random);
            int length = DecimalText.Format(value, scale, text);
            string digits = BigInteger.Abs((BigInteger)value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            string expected = (value < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
            Assert.Equal(expected, Encoding.ASCII.GetString(text[..length]));
            Assert.True(DecimalText.TryParse(text[..length], 38, scale, out Int128 back));
            Assert.Equal(value, back);
        }
    }

    private static (BigInteger Rounded, bool Exact) Expected(string text, int scale)
    {
        int e = text.IndexOf('e', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        string number = e < 0 ? text : text[..e];
        int point = number.IndexOf('.', StringComparison.Ordinal);
        int fraction = point < 0 ? 0 : number.Length - point - 1;
        BigInteger digits = BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        int shift = exponent - fraction + scale;
        if (shift >= 0)
        {
            return (digits * BigInteger.Pow(10, shift), true);
        }

        BigInteger divisor = BigInteger.Pow(10, -shift);
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(digits), divisor, out BigInteger rest);
        quotient += rest * 2 >= divisor ? 1 : 0;
        return (digits.Sign * quotient, rest.IsZero);
    }

    private static string RandomNumber(Random random)
    {
        var text = new StringBuilder();
        int digits = random.Next(1, random.Next(10) == 0 ? 60 : 20);
        for (int i = 0; i < digits; i++)
        {
            text.Append((char)('0' + (random.Next(4) == 0 ? random.Next(2) * 9 : random.Next(10))));
        }

        if (random.Next(3) > 0)
        {
            text.Insert(random.Next(text.Length + 1), '.');
        }

        if (random.Next(3) == 0)
        {
            text.Insert(0, random.Next(3) > 0 ? '-' : '+');
        }

        if (random.Next(5) == 0)
        {
            text.Append('e').Append(random.Next(-40, 40).ToString(random.Next(2) == 0 ? "+0;-0" : "0;-0", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private static Int128 RandomInt128(Random random)
    {
        Int128 value = 0;
        for (int i = random.Next(39); i > 0; i--)
        {
            value = (value * 10) + random.Next(10);
        }

        return random.Next(2) == 0 ? value : -value;
    }
}
