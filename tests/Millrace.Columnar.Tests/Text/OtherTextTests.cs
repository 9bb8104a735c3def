using System.Text;

namespace Millrace.Columnar.Tests.Text;

public sealed class OtherTextTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("t", true)]
    [InlineData("Yes", true)]
    [InlineData("y", true)]
    [InlineData("on", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("F", false)]
    [InlineData("no", false)]
    [InlineData("N", false)]
    [InlineData("off", false)]
    [InlineData("0", false)]
    public void Spellings_of_booleans_are_read(string text, bool expected)
    {
        Assert.True(BooleanText.TryParse(Encoding.ASCII.GetBytes(text), out bool value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tru")]
    [InlineData("truee")]
    [InlineData("2")]
    [InlineData("TRUE ")]
    [InlineData("\0true")]
    [InlineData("\0t")]
    public void Other_words_are_no_booleans(string text) => Assert.False(BooleanText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Uuids_are_read_and_written_in_the_order_of_their_text()
    {
        var random = new Random(13);
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> back = stackalloc byte[16];
        Span<byte> text = stackalloc byte[UuidText.Length];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            Assert.Equal(UuidText.Length, UuidText.Format(bytes, text));
            string hex = Convert.ToHexStringLower(bytes);
            Assert.Equal($"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}", Encoding.ASCII.GetString(text));
            foreach (string form in (string[])[Encoding.ASCII.GetString(text), hex.ToUpperInvariant(), "{" + Encoding.ASCII.GetString(text) + "}"])
            {
                Assert.True(UuidText.TryParse(Encoding.ASCII.GetBytes(form), back));
                Assert.True(bytes.SequenceEqual(back));
            }
        }

        Assert.False(UuidText.TryParse("00000000-0000-0000-0000-00000000000"u8, back));
        Assert.False(UuidText.TryParse("00000000-0000-0000-0000-00000000000g"u8, back));
        Assert.False(UuidText.TryParse("000000000000-0000-0000-0000-00000000"u8, back));
        Assert.False(UuidText.TryParse(""u8, back));
    }

    [Fact]
    public void Bytes_are_written_as_hex_and_read_back()
    {
        byte[] bytes = [0, 1, 0x7F, 0x80, 0xFF];
        Span<byte> text = stackalloc byte[HexText.FormattedLength(bytes.Length)];
        Assert.Equal(text.Length, HexText.Format(bytes, text));
        Assert.Equal("\\x00017f80ff", Encoding.ASCII.GetString(text));
        Span<byte> back = stackalloc byte[text.Length / 2];
        Assert.True(HexText.TryParse(text, back, out int written));
        Assert.True(bytes.AsSpan().SequenceEqual(back[..written]));
        Assert.True(HexText.TryParse("\\xDEADbeef"u8, back, out written));
        Assert.Equal(4, written);
        Assert.True(HexText.TryParse("\\x"u8, back, out written));
        Assert.Equal(0, written);
        Assert.False(HexText.TryParse("\\x0"u8, back, out _));
        Assert.False(HexText.TryParse("\\xzz"u8, back, out _));
        Assert.False(HexText.TryParse("00"u8, back, out _));
    }

    [Fact]
    public void Intervals_read_back()
    {
        var random = new Random(14);
        Span<byte> text = stackalloc byte[IntervalText.MaxLength];
        for (int i = 0; i < 50_000; i++)
        {
            var value = i == 0
                ? new Interval(int.MinValue, int.MinValue, long.MinValue)
                : new Interval(random.Next(int.MinValue, int.MaxValue) >> random.Next(32), random.Next(int.MinValue, int.MaxValue) >> random.Next(32), random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
            int length = IntervalText.Format(value, text);
            Assert.True(IntervalText.TryParse(text[..length], out Interval back), Encoding.ASCII.GetString(text[..length]));
            Assert.Equal(value, back);
        }
    }

    [Theory]
    [InlineData("P1Y2M3DT4H5M6.5S", 14, 3, 14706_500000000)]
    [InlineData("P2W", 0, 14, 0)]
    [InlineData("PT0S", 0, 0, 0)]
    [InlineData("-P1M1DT-1S", -1, -1, 1_000000000)]
    [InlineData("PT0.5H", 0, 0, 1800_000000000)]
    public void The_forms_of_an_interval_are_understood(string text, int months, int days, long nanos)
    {
        Assert.True(IntervalText.TryParse(Encoding.ASCII.GetBytes(text), out Interval value));
        Assert.Equal(new Interval(months, days, nanos), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1")]
    [InlineData("1D")]
    [InlineData("P1DT")]
    [InlineData("P1.5M")]
    [InlineData("PT1D")]
    [InlineData("P1H")]
    [InlineData("PTT1S")]
    [InlineData("P9999999999M")]
    [InlineData("P-")]
    public void What_is_no_interval_is_refused(string text) => Assert.False(IntervalText.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
