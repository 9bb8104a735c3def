namespace Millrace.Sdk.Tests.Options;

public class DurationTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5 h", 5400)]
    [InlineData("1d", 86400)]
    [InlineData("1w", 604800)]
    public void Reads_units(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 fortnights")]
    [InlineData("99999999999999w")]
    [InlineData("900000000w")]
    public void Refuses_what_is_no_duration(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void Prints_what_it_reads()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            var duration = new TimeSpan(random.NextInt64(TimeSpan.TicksPerDay * 40) / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond);
            Assert.True(Duration.TryParse(Duration.Format(duration), out TimeSpan back));
            Assert.Equal(duration, back);
        }
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("1 KiB", 1024)]
    [InlineData("128MB", 128_000_000)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData("10B", 10)]
    public void Sizes_read_units(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
        Assert.True(ByteSize.TryParse(size.ToString(), out ByteSize back));
        Assert.Equal(size, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1 XB")]
    [InlineData("99999999999 TiB")]
    public void Sizes_refuse_what_is_none(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
