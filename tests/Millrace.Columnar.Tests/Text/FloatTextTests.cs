using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Columnar.Tests.Text;

public sealed class FloatTextTests
{
    [Fact]
    public void Shortest_texts_of_random_bits_read_back_bit_for_bit()
    {
        var random = new Random(5);
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        for (int i = 0; i < 300_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            int length = FloatText.Format(value, text);
            Assert.True(FloatText.TryParse(text[..length], out double back), Encoding.ASCII.GetString(text[..length]));
            Assert.True(value.Equals(back), Encoding.ASCII.GetString(text[..length]));
            float single = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            length = FloatText.Format(single, text);
            Assert.True(FloatText.TryParse(text[..length], out float singleBack));
            Assert.True(single.Equals(singleBack), Encoding.ASCII.GetString(text[..length]));
        }
    }

    // The framework has another algorithm for the same result.
    [Fact]
    public void Texts_are_those_of_the_framework()
    {
        var random = new Random(15);
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        for (int i = 0; i < 400_000; i++)
        {
            double value = (i % 8) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => random.NextInt64(1L << random.Next(1, 62)),
                2 => random.Next(1_000_000) / 100.0,
                3 => Math.ScaleB(1, random.Next(-1074, 1024)),
                4 => double.Parse($"{random.Next(1, 100_000)}e{random.Next(-320, 300)}", CultureInfo.InvariantCulture),
                5 => BitConverter.Int64BitsToDouble(random.NextInt64(1L << random.Next(1, 53))),
                6 => Math.BitIncrement(Math.ScaleB(1, random.Next(-1074, 1023))),
                _ => -random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
            };
            int length = FloatText.Format(value, text);
            string expected = value.ToString(CultureInfo.InvariantCulture);

            // 2^-25 is one of two numbers whose text of the framework reads back as a neighbour.
            if (double.Parse(expected, CultureInfo.InvariantCulture).Equals(value))
            {
                Assert.Equal(expected, Encoding.ASCII.GetString(text[..length]));
            }

            float single = i % 2 == 0 ? (float)value : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            length = FloatText.Format(single, text);
            Assert.Equal(single.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
        }
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(1e17, "1E+17")]
    [InlineData(999999999999999, "999999999999999")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1E-05")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(-5e-324, "-5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(9007199254740992, "9007199254740992")]
    [InlineData(2.98023223876953125E-08, "2.9802322387695312E-08")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Numbers_are_written_plainly_where_that_is_short(double value, string expected)
    {
        var text = new byte[FloatText.MaxLength];
        Assert.Equal(expected, Encoding.ASCII.GetString(text, 0, FloatText.Format(value, text)));
    }

    [Fact]
    public void Numbers_of_any_length_and_exponent_are_read_as_the_framework_reads_them()
    {
        var random = new Random(6);
        for (int i = 0; i < 400_000; i++)
        {
            string text = RandomNumber(random);
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            double expected = double.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(double.IsFinite(expected) == FloatText.TryParse(bytes, out double value), text);
            Assert.True(!double.IsFinite(expected) || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), text);
            float single = float.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(float.IsFinite(single) == FloatText.TryParse(bytes, out float narrow), text);
            Assert.True(!float.IsFinite(single) || BitConverter.SingleToInt32Bits(single) == BitConverter.SingleToInt32Bits(narrow), text);
        }
    }

    [Fact]
    public void Numbers_half_way_between_two_doubles_round_to_even()
    {
        var random = new Random(7);
        for (int i = 0; i < 50_000; i++)
        {
            // 2^53 + odd lies half-way between two doubles; so does any power of two times it.
            decimal halfway = ((1L << 53) + (2 * random.NextInt64(1L << 50)) + 1) * (decimal)(1 << random.Next(10));
            decimal scaled = random.Next(3) == 0 ? halfway / (1 << random.Next(1, 5)) : halfway;
            string text = scaled.ToString(CultureInfo.InvariantCulture);
            Assert.True(FloatText.TryParse(Encoding.ASCII.GetBytes(text), out double value));
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
    }

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("+INF", double.PositiveInfinity)]
    [InlineData("-0", -0.0)]
    [InlineData("1.", 1.0)]
    [InlineData(".5", 0.5)]
    [InlineData("4.9e-324", 4.9406564584124654E-324)]
    [InlineData("2.4703282292062327e-324", 0.0)]
    [InlineData("2.4703282292062328e-324", 4.9406564584124654E-324)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("1e-99999999999999999999", 0.0)]
    public void Special_values_are_read(string text, double expected)
    {
        Assert.True(FloatText.TryParse(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("e1")]
    [InlineData("1e")]
    [InlineData("1e-")]
    [InlineData("1.5.2")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,0")]
    [InlineData("0x10")]
    [InlineData("-nan")]
    [InlineData("infinit")]
    [InlineData("∞")]
    [InlineData("1e999")]
    [InlineData("1.8e308")]
    [InlineData("12345678901234567890123x")]
    public void What_is_no_number_or_too_large_is_refused(string text)
    {
        Assert.False(FloatText.TryParse(Encoding.UTF8.GetBytes(text), out double _));
        Assert.False(FloatText.TryParse(Encoding.UTF8.GetBytes(text), out float _));
    }

    private static string RandomNumber(Random random)
    {
        var text = new StringBuilder();
        int digits = random.Next(1, random.Next(6) == 0 ? 40 : 20);
        for (int i = 0; i < digits; i++)
        {
            text.Append((char)('0' + random.Next(10)));
        }

        text.Insert(random.Next(text.Length + 1), random.Next(4) > 0 ? "." : "");
        if (random.Next(2) == 0)
        {
            text.Insert(0, '-');
        }

        if (random.Next(2) == 0)
        {
            text.Append('E').Append(random.Next(4) == 0 ? random.Next(-360, 330) : random.Next(-30, 30));
        }

        return text.ToString();
    }

    [Theory]
    [InlineData("0.1", true)]
    [InlineData("-0.30000000000000004", true)]
    [InlineData("0.10000000000000001", true)] // as %.17g writes 0.1
    [InlineData("0.1000000000000000055511151231257827021181583404541015625", true)] // all digits of the double
    [InlineData("0.10000000000000000555111512312578270211815834045410156251", false)]
    [InlineData("0.12345678901234567890", false)]
    [InlineData("1.50000000000000000000000000000", true)]
    [InlineData("0000000000000000000000001.5", true)]
    [InlineData("9007199254740992", true)]
    [InlineData("9007199254740993", false)]
    [InlineData("123456789012345680000", true)]
    [InlineData("1234567890123456800", true)]
    [InlineData("1234567890123456801", false)]
    [InlineData("5e-324", true)]
    [InlineData("4.94e-324", true)]
    [InlineData("4.9406564584124655e-324", false)]
    [InlineData("1e-400", false)]
    [InlineData("0e-400", true)]
    [InlineData("-0.000", true)]
    [InlineData("1.7976931348623157e308", true)]
    [InlineData("1.79769313486231571e+308", true)]
    [InlineData("1.79769313486231572e+308", false)]
    [InlineData("1.2345678901234567E+30", true)]
    [InlineData("1.2345678901234570E+30", true)]
    [InlineData("1.2345678901234569E+30", false)]
    [InlineData("1.2345678901234566E-09", true)]
    [InlineData("1.2345678901234567E-09", false)]
    [InlineData("1.2345678901234566E-90", true)]
    [InlineData("1.2345678901234567E-90", false)]
    [InlineData("1.23456789012345678E-90", false)]
    [InlineData("NaN", true)]
    [InlineData("-inf", true)]
    public void A_double_keeps_the_digits_of_a_text_or_not(string text, bool kept)
    {
        Assert.True(FloatText.TryParse(Encoding.ASCII.GetBytes(text), out double value, out bool keepsDigits));
        Assert.Equal((double.Parse(text.Replace("inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture), kept), (value, keepsDigits));
    }

    [Theory]
    [InlineData("1e999", false)]
    [InlineData("12x", false)]
    [InlineData("", false)]
    public void What_is_no_double_keeps_no_digits(string text, bool kept)
    {
        Assert.False(FloatText.TryParse(Encoding.ASCII.GetBytes(text), out double _, out bool keepsDigits));
        Assert.Equal(kept, keepsDigits);
    }

    // Exact: the text and the double as fractions of whole numbers differ by less than half a unit of the last digit that is not zero.
    [Fact]
    public void Digits_are_kept_where_exact_arithmetic_says_so()
    {
        var random = new Random(21);
        int kept = 0;
        for (int i = 0; i < 60_000; i++)
        {
            string digits = string.Concat(Enumerable.Range(0, random.Next(14, 24)).Select(_ => (char)('0' + random.Next(10)))).TrimStart('0') + (random.Next(4) == 0 ? "000" : "7");
            string text = (i % 3) switch
            {
                0 => digits.Insert(random.Next(digits.Length), "."),
                1 => $"0.{new string('0', random.Next(14))}{digits}",
                _ => BitConverter.Int64BitsToDouble(random.NextInt64(0x3000_0000_0000_0000, 0x4800_0000_0000_0000)).ToString($"F{random.Next(30)}", CultureInfo.InvariantCulture),
            };
            Assert.True(FloatText.TryParse(Encoding.ASCII.GetBytes(text), out double value, out bool keepsDigits));
            if (FindDistance(text, value) is var distance and not 0)
            {
                // Half a unit may be rounded either way.
                Assert.True(keepsDigits == distance < 0, text);
            }

            kept += keepsDigits ? 1 : 0;
        }

        Assert.InRange(kept, 10_000, 50_000);
    }

    // Below 0 where the text and the double are nearer than half a unit of the text's last digit.
    private static int FindDistance(string text, double value)
    {
        int decimals = text.Contains('.', StringComparison.Ordinal) ? text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        BigInteger given = BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        if (given.IsZero || value == 0)
        {
            return given.IsZero ? -1 : 1;
        }

        BigInteger unit = BigInteger.One;
        while ((given / unit % 10).IsZero)
        {
            unit *= 10;
        }

        // value = mantissa * 2^(power - 1200), so everything is multiplied with 2^1200 * 10^decimals * 2.
        long bits = BitConverter.DoubleToInt64Bits(value);
        BigInteger mantissa = (bits & 0xF_FFFF_FFFF_FFFF) | 0x10_0000_0000_0000;
        BigInteger found = (mantissa << ((int)(bits >> 52) - 1075 + 1200)) * BigInteger.Pow(10, decimals) * 2;
        return BigInteger.Abs(found - ((given << 1200) * 2)).CompareTo(unit << 1200);
    }
}
