using System.Globalization;
using System.Text;

namespace Millrace.Columnar.Tests.Text;

/// <summary>Whatever the quick parsers accept, the full ones accept with the same value; usual forms are accepted.</summary>
public unsafe class QuickTextTests
{
    private const string Characters = "0123456789.-+e 0123456789";

    [Fact]
    public void Random_texts_are_read_as_the_full_parsers_read_them()
    {
        var random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < 300_000; i++)
        {
            var text = new char[random.Next(1, 19)];
            bool usual = random.Next(2) == 0;
            for (int c = 0; c < text.Length; c++)
            {
                text[c] = Characters[random.Next(usual ? 10 : Characters.Length)];
            }

            if (usual && random.Next(2) == 0)
            {
                text[random.Next(text.Length)] = '.';
            }

            accepted += Check(new string(text), random.Next(0, 19), random.Next(1, 39)) ? 1 : 0;
        }

        Assert.InRange(accepted, 100_000, 300_000);
    }

    [Fact]
    public void Usual_numbers_are_accepted()
    {
        foreach (string text in (string[])["0", "7", "-1", "1234567890123456", "-1234567890123456", "0000000000000000"])
        {
            Assert.True(Long(text, out long value));
            Assert.Equal(long.Parse(text, CultureInfo.InvariantCulture), value);
        }

        foreach (string text in (string[])["0.5", "-12345.67", "123456789012.45", "9.999999999999", "-0.0"])
        {
            Assert.True(Double(text, out double value));
            Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
        }

        Assert.True(Decimal("12.3", 4, 1_000_000, out long scaled));
        Assert.Equal(123_000, scaled);
        Assert.False(Decimal("12.3", 4, 123_000, out _));
        Assert.False(Decimal("12.34567", 4, 1_000_000_000, out _));
    }

    [Fact]
    public void Every_date_of_four_centuries_and_none_besides_is_read()
    {
        for (var date = new DateOnly(1, 1, 1); date < new DateOnly(401, 3, 1); date = date.AddDays(1))
        {
            Assert.True(Date(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), out int days));
            Assert.Equal(date.DayNumber - new DateOnly(1970, 1, 1).DayNumber, days);
        }

        foreach (string text in (string[])["1900-02-29", "2023-02-29", "2023-04-31", "2023-00-10", "2023-13-01", "2023-01-00", "2023-01-32", "2023/01/01", "202a-01-01", "2023-1-01x", "20230101-1", "2023-01-0:"])
        {
            Assert.False(Date(text, out _), text);
        }

        foreach ((string text, int days) in ((string, int)[])[("0000-01-01", -719_528), ("0000-02-29", -719_469), ("0000-03-01", -719_468), ("9999-12-31", 2_932_896), ("2000-02-29", 11_016)])
        {
            Assert.True(Date(text, out int found));
            Assert.Equal(days, found);
        }
    }

    private static bool Check(string text, int scale, int precision)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        bool any = false;
        if (Long(text, out long number))
        {
            any = true;
            Assert.True(IntegerText.TryParse(bytes, out long expected), text);
            Assert.Equal(expected, number);
        }

        if (Double(text, out double real))
        {
            any = true;
            Assert.True(FloatText.TryParse(bytes, out double expected), text);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(real));
        }

        if (precision >= scale && Decimal(text, scale, (ulong)DecimalMath.Power(Math.Min(precision, 18)), out long scaled))
        {
            any = true;
            Assert.True(DecimalText.TryParse(bytes, precision, scale, out Int128 expected), $"{text} as decimal({precision}, {scale})");
            Assert.Equal(expected, scaled);
        }

        return any;
    }

    private static byte[] Padded(string text) => [.. Encoding.ASCII.GetBytes(text), .. "9.-5:9.-5:9.-5:9"u8];

    private static bool Long(string text, out long value)
    {
        fixed (byte* start = Padded(text))
        {
            return QuickText.TryParse(start, text.Length, out value);
        }
    }

    private static bool Double(string text, out double value)
    {
        fixed (byte* start = Padded(text))
        {
            return QuickText.TryParse(start, text.Length, out value);
        }
    }

    private static bool Decimal(string text, int scale, ulong limit, out long value)
    {
        fixed (byte* start = Padded(text))
        {
            return QuickText.TryParse(start, text.Length, scale, limit, out value);
        }
    }

    private static bool Date(string text, out int days)
    {
        fixed (byte* start = Padded(text))
        {
            return QuickText.TryParseDate(start, text.Length, out days);
        }
    }
}
