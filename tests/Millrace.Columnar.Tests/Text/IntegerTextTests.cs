using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Columnar.Tests.Text;

public sealed class IntegerTextTests
{
    [Fact]
    public void Any_text_is_read_as_the_framework_reads_it()
    {
        var random = new Random(1);
        for (int i = 0; i < 300_000; i++)
        {
            string text = RandomText(random);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            bool expected = BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number);
            Check<long>(bytes, expected, number);
            Check<ulong>(bytes, expected, number);
            Check<int>(bytes, expected, number);
            Check<ushort>(bytes, expected, number);
            Check<sbyte>(bytes, expected, number);
        }
    }

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-9223372036854775809", false)]
    [InlineData("00000000000000000000000000000000001", true)]
    [InlineData("0000000000000000000000000", true)]
    [InlineData("+7", true)]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("--1", false)]
    [InlineData("1 ", false)]
    [InlineData("1e3", false)]
    [InlineData("/", false)]
    [InlineData(":", false)]
    [InlineData("99999999999999999999999", false)]
    public void Edges_are_accepted_or_refused(string text, bool accepted)
    {
        Assert.Equal(accepted, IntegerText.TryParse(Encoding.UTF8.GetBytes(text), out long value));
        if (accepted)
        {
            Assert.Equal(long.Parse(text, CultureInfo.InvariantCulture), value);
        }
    }

    [Fact]
    public void Every_single_byte_in_every_place_is_a_digit_or_refused()
    {
        byte[] text = Encoding.ASCII.GetBytes("12345678901234567");
        for (int length = 1; length <= text.Length; length++)
        {
            for (int at = 1; at < length; at++)
            {
                for (int c = 0; c < 256; c++)
                {
                    byte[] changed = text[..length];
                    changed[at] = (byte)c;
                    Assert.Equal(c is >= '0' and <= '9', IntegerText.TryParse(changed, out long _));
                }
            }
        }
    }

    [Fact]
    public void Written_numbers_read_back()
    {
        var random = new Random(2);
        Span<byte> text = stackalloc byte[IntegerText.MaxLength];
        for (int i = 0; i < 100_000; i++)
        {
            long value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            value = i < 3 ? long.MinValue : i < 6 ? long.MaxValue : value;
            int length = IntegerText.Format(value, text);
            Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
            Assert.True(IntegerText.TryParse(text[..length], out long back));
            Assert.Equal(value, back);
            length = IntegerText.Format((ulong)value, text);
            Assert.True(IntegerText.TryParse(text[..length], out ulong unsigned));
            Assert.Equal((ulong)value, unsigned);
        }
    }

    private static void Check<T>(byte[] text, bool isNumber, BigInteger number)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        bool fits = isNumber && number >= BigInteger.CreateChecked(T.MinValue) && number <= BigInteger.CreateChecked(T.MaxValue);
        Assert.True(fits == IntegerText.TryParse(text, out T value), $"{typeof(T).Name} '{Encoding.UTF8.GetString(text)}'");
        if (fits)
        {
            Assert.Equal(number, BigInteger.CreateChecked(value));
        }
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        if (random.Next(3) == 0)
        {
            text.Append(random.Next(2) == 0 ? '-' : '+');
        }

        int digits = random.Next(0, 24);
        for (int i = 0; i < digits; i++)
        {
            text.Append((char)('0' + (random.Next(3) == 0 ? 0 : random.Next(10))));
        }

        if (text.Length > 0 && random.Next(8) == 0)
        {
            text[random.Next(text.Length)] = (char)random.Next(33, 127);
        }

        return text.ToString();
    }
}
