using System.Globalization;
using System.Text;

namespace Millrace.Columnar.Tests.Text;

public sealed class DateTimeTextTests
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    [Fact]
    public void Every_day_of_ten_thousand_years_is_written_and_read_as_the_framework_does()
    {
        Span<byte> text = stackalloc byte[DateText.MaxLength];
        for (int day = 0; day <= DateOnly.MaxValue.DayNumber; day += day is > 700_000 and < 760_000 ? 1 : 7)
        {
            int length = DateText.Format(day - Epoch, text);
            Assert.Equal(DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
            Assert.True(DateText.TryParse(text[..length], out int back));
            Assert.Equal(day - Epoch, back);
        }
    }

    [Fact]
    public void All_days_of_32_bits_read_back()
    {
        var random = new Random(8);
        Span<byte> text = stackalloc byte[DateText.MaxLength];
        for (int i = 0; i < 200_000; i++)
        {
            int days = i == 0 ? int.MinValue : i == 1 ? int.MaxValue : random.Next(int.MinValue, int.MaxValue);
            int length = DateText.Format(days, text);
            Assert.True(DateText.TryParse(text[..length], out int back), Encoding.ASCII.GetString(text[..length]));
            Assert.Equal(days, back);
        }
    }

    [Fact]
    public void A_date_with_any_two_bytes_changed_is_read_as_the_framework_reads_it()
    {
        var random = new Random(9);
        for (int i = 0; i < 300_000; i++)
        {
            byte[] text = Encoding.ASCII.GetBytes(DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            text[random.Next(10)] = (byte)(random.Next(4) > 0 ? random.Next('0', '9' + 1) : random.Next(32, 127));
            text[random.Next(10)] = (byte)random.Next('0', '9' + 1);
            string written = Encoding.ASCII.GetString(text);
            bool expected = DateOnly.TryParseExact(written, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date);
            bool yearZero = written.StartsWith("0000", StringComparison.Ordinal);
            bool found = DateText.TryParse(text, out int days);
            Assert.True(expected == found || yearZero, written);
            Assert.True(!expected || date.DayNumber - Epoch == days, written);
        }
    }

    [Theory]
    [InlineData("2024-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("2024-13-01")]
    [InlineData("2024-00-01")]
    [InlineData("2024-01-00")]
    [InlineData("2024-1-1")]
    [InlineData("20240101")]
    [InlineData("2024/01/01")]
    [InlineData("2024-01-01 ")]
    [InlineData("+24-01-01")]
    [InlineData("+2023-02-29")]
    [InlineData("+99999999-01-01")]
    [InlineData("+9999999-01-01")]
    [InlineData("")]
    [InlineData("-")]
    public void What_is_no_date_is_refused(string text) => Assert.False(DateText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Timestamps_are_written_and_read_as_the_framework_does()
    {
        var random = new Random(10);
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        for (int i = 0; i < 200_000; i++)
        {
            var moment = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks) / 10 * 10, DateTimeKind.Utc);
            long micros = (moment - DateTime.UnixEpoch).Ticks / 10;
            int length = TimestampText.Format(micros, TimeUnit.Microsecond, instant: true, text);
            Assert.Equal(moment.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFK", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
            Assert.True(TimestampText.TryParse(text[..length], TimeUnit.Microsecond, instant: true, out long back, out bool hasZone));
            Assert.Equal(micros, back);
            TimeSpan offset = TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60));
            DateTimeOffset local = new DateTimeOffset(moment.AddDays(-1).Ticks < offset.Duration().Ticks ? DateTime.UnixEpoch : moment.AddDays(-1), default).ToOffset(offset);
            byte[] withOffset = Encoding.ASCII.GetBytes(local.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture));
            Assert.True(TimestampText.TryParse(withOffset, TimeUnit.Microsecond, instant: true, out back, out hasZone));
            Assert.True(hasZone);
            Assert.Equal((local.UtcDateTime - DateTime.UnixEpoch).Ticks / 10, back);
            Assert.True(TimestampText.TryParse(withOffset, TimeUnit.Microsecond, instant: false, out back, out _));
            Assert.Equal((local.DateTime - DateTime.UnixEpoch).Ticks / 10, back);
        }
    }

    [Fact]
    public void Timestamps_of_every_unit_read_back_over_their_whole_range()
    {
        var random = new Random(11);
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        foreach (TimeUnit unit in Enum.GetValues<TimeUnit>())
        {
            // Day numbers have 32 bits, which bounds seconds and milliseconds.
            long limit = unit switch { TimeUnit.Second => int.MaxValue * 86_400L, TimeUnit.Millisecond => int.MaxValue * 86_400_000L, _ => long.MaxValue };
            for (int i = 0; i < 50_000; i++)
            {
                long value = i == 0 ? limit : i == 1 ? -limit : i == 2 && limit == long.MaxValue ? long.MinValue : random.NextInt64(-limit, limit) >> random.Next(40);
                int length = TimestampText.Format(value, unit, instant: i % 2 == 0, text);
                Assert.True(TimestampText.TryParse(text[..length], unit, instant: true, out long back, out bool hasZone), Encoding.ASCII.GetString(text[..length]));
                Assert.Equal(value, back);
                Assert.Equal(i % 2 == 0, hasZone);
            }
        }
    }

    [Theory]
    [InlineData("2024-03-01", 1709251200_000000)]
    [InlineData("2024-03-01T00:00", 1709251200_000000)]
    [InlineData("2024-03-01t00:00:00z", 1709251200_000000)]
    [InlineData("2024-03-01 00:00:00 UTC", 1709251200_000000)]
    [InlineData("2024-03-01 01:00:00+01", 1709251200_000000)]
    [InlineData("2024-03-01 01:30:00+0130", 1709251200_000000)]
    [InlineData("2024-02-29 22:30:00 -01:30", 1709251200_000000)]
    [InlineData("2024-03-01T01:00+01:00", 1709251200_000000)]
    [InlineData("2024-03-01T00:00:00.1234565", 1709251200_123457)]
    [InlineData("2024-03-01T00:00:00,5", 1709251200_500000)]
    [InlineData("2024-02-29T23:59:59.9999999", 1709251200_000000)]
    [InlineData("2024-02-29T23:59:59.99999949999999999999", 1709251199_999999)]
    [InlineData("0000-01-01", -62167219200_000000)]
    [InlineData("-0001-12-31", -62167305600_000000)]
    public void The_forms_of_a_timestamp_are_understood(string text, long expected)
    {
        Assert.True(TimestampText.TryParse(Encoding.UTF8.GetBytes(text), TimeUnit.Microsecond, instant: true, out long value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-03-01T")]
    [InlineData("2024-03-01X00:00:00")]
    [InlineData("2024-03-01T24:00:00")]
    [InlineData("2024-03-01T23:60:00")]
    [InlineData("2024-03-01T23:00:60")]
    [InlineData("2024-03-01T23:00:00.")]
    [InlineData("2024-03-01T23:00:00.Z")]
    [InlineData("2024-03-01T23:00:00ZZ")]
    [InlineData("2024-03-01T23:00:00+")]
    [InlineData("2024-03-01T23:00:00+1")]
    [InlineData("2024-03-01T23:00:00+24:00")]
    [InlineData("2024-03-01T23:00:00+01:60")]
    [InlineData("2024-03-01T23:00:00+01-00")]
    [InlineData("2024-03-01T23:00:00 ")]
    [InlineData("2024-03-01T23:0:00")]
    [InlineData("2024-03-01T23:00:0")]
    [InlineData("2024-03-01T23:00:00 Europe/Paris")]
    public void What_is_no_timestamp_is_refused(string text)
        => Assert.False(TimestampText.TryParse(Encoding.UTF8.GetBytes(text), TimeUnit.Microsecond, instant: false, out _, out _));

    [Fact]
    public void Nanoseconds_outside_of_64_bits_are_refused_and_the_last_ones_are_read()
    {
        const TimeUnit unit = TimeUnit.Nanosecond;
        Assert.True(TimestampText.TryParse("2262-04-11T23:47:16.854775807"u8, unit, instant: false, out long last, out _));
        Assert.Equal(long.MaxValue, last);
        Assert.True(TimestampText.TryParse("1677-09-21T00:12:43.145224192"u8, unit, instant: false, out long first, out _));
        Assert.Equal(long.MinValue, first);
        Assert.False(TimestampText.TryParse("2262-04-11T23:47:16.854775808"u8, unit, instant: false, out _, out _));
        Assert.False(TimestampText.TryParse("1677-09-21T00:12:43.145224191"u8, unit, instant: false, out _, out _));
        Assert.False(TimestampText.TryParse("9999-01-01"u8, unit, instant: false, out _, out _));
    }

    [Fact]
    public void Times_of_day_are_written_and_read_as_the_framework_does()
    {
        var random = new Random(12);
        Span<byte> text = stackalloc byte[TimeText.MaxLength];
        for (int i = 0; i < 100_000; i++)
        {
            var time = new TimeOnly(random.NextInt64(TimeOnly.MaxValue.Ticks / 10) * 10);
            int length = TimeText.Format(time.Ticks / 10, TimeUnit.Microsecond, text);
            Assert.Equal(time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
            Assert.True(TimeText.TryParse(text[..length], TimeUnit.Nanosecond, out long nanos));
            Assert.Equal(time.Ticks * 100, nanos);
            Assert.True(TimeText.TryParse(text[..5], TimeUnit.Second, out long seconds));
            Assert.Equal((time.Hour * 3600) + (time.Minute * 60), seconds);
        }

        Assert.False(TimeText.TryParse("23:59:59.9999999"u8, TimeUnit.Microsecond, out _));
        Assert.False(TimeText.TryParse("24:00:00"u8, TimeUnit.Microsecond, out _));
    }
}
