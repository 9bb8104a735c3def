using System.Globalization;
using System.Numerics;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

public class NumericTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 0)]
    [InlineData("-1", 4)]
    [InlineData("12345.6789", 4)]
    [InlineData("0.0001", 4)]
    [InlineData("0.00001", 5)]
    [InlineData("-99999999999999999999999999999999999999", 0)]
    [InlineData("0.99999999999999999999999999999999999999", 38)]
    [InlineData("10000", 0)]
    [InlineData("100000000.5", 1)]
    public void A_value_that_is_written_is_read_again(string text, int scale)
    {
        Int128 unscaled = Unscaled(text, scale);
        Span<byte> bytes = stackalloc byte[Numeric.MaxEncoded];
        int length = Numeric.Encode(unscaled, scale, bytes);

        Assert.True(Numeric.TryDecode(bytes[..length], scale, Numeric.PowerOfTen(38), out Int128 read));
        Assert.Equal(unscaled, read);
        Assert.Equal(BigDecimalText(unscaled, scale), Numeric.Text(bytes[..length]));
    }

    [Fact]
    public void Random_values_of_every_scale_are_read_again()
    {
        var random = new Random(5);
        Span<byte> bytes = stackalloc byte[Numeric.MaxEncoded];
        for (int i = 0; i < 20_000; i++)
        {
            int digits = random.Next(1, 39);
            Int128 value = 0;
            for (int d = 0; d < digits; d++)
            {
                value = (value * 10) + (random.Next(3) == 0 ? 0 : random.Next(10));
            }

            value = random.Next(2) == 0 ? value : -value;
            int scale = random.Next(0, 39);
            int length = Numeric.Encode(value, scale, bytes);
            Assert.True(Numeric.TryDecode(bytes[..length], scale, Numeric.PowerOfTen(38), out Int128 read), $"{value} scale {scale}");
            Assert.Equal(value, read);
            Assert.Equal(BigDecimalText(value, scale), Numeric.Text(bytes[..length]));
        }
    }

    [Fact]
    public void A_value_with_more_digits_than_the_column_is_refused()
    {
        Span<byte> bytes = stackalloc byte[Numeric.MaxEncoded];
        int length = Numeric.Encode(12345, 3, bytes);
        Assert.False(Numeric.TryDecode(bytes[..length], 2, Numeric.PowerOfTen(38), out _));
        Assert.False(Numeric.TryDecode(bytes[..length], 3, Numeric.PowerOfTen(4), out _));
        Assert.True(Numeric.TryDecode(bytes[..length], 5, Numeric.PowerOfTen(7), out Int128 wider));
        Assert.Equal(1_234_500, wider);
    }

    [Fact]
    public void A_column_with_more_or_fewer_digits_behind_the_point_than_the_value_takes_it_if_none_is_lost()
    {
        var random = new Random(6);
        Span<byte> bytes = stackalloc byte[Numeric.MaxEncoded];
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            BigInteger value = random.NextInt64(-10_000_000_000_000_000, 10_000_000_000_000_000) / (long)Math.Pow(10, random.Next(0, 16));
            int written = random.Next(0, 9);
            int column = random.Next(0, 13);
            int precision = random.Next(1, 24);
            int length = Numeric.Encode((Int128)value, written, bytes);
            BigInteger power = BigInteger.Pow(10, Math.Abs(column - written));
            (BigInteger expected, BigInteger lost) = column >= written ? (value * power, 0) : (value / power, value % power);
            bool fits = lost == 0 && BigInteger.Abs(expected) < BigInteger.Pow(10, precision);
            refused += fits ? 0 : 1;

            Assert.True(fits == Numeric.TryDecode(bytes[..length], column, Numeric.PowerOfTen(precision), out Int128 read), $"{value}e-{written} in decimal({precision}, {column})");
            if (fits)
            {
                Assert.Equal(expected, (BigInteger)read);
            }
        }

        Assert.InRange(refused, 4_000, 16_000);
    }

    private static Int128 Unscaled(string text, int scale)
    {
        string[] parts = text.Split('.');
        string behind = parts.Length > 1 ? parts[1] : "";
        return Int128.Parse(parts[0] + behind.PadRight(scale, '0'), CultureInfo.InvariantCulture);
    }

    private static string BigDecimalText(Int128 unscaled, int scale)
    {
        string digits = BigInteger.Abs((BigInteger)unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = unscaled < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }
}
