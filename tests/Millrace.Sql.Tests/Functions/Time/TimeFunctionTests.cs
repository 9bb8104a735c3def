using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Functions.Time;

public sealed class TimeFunctionTests
{
    private static readonly DataType Instant = DataType.Timestamp(timeZone: "UTC");

    private static readonly EvaluationContext Berlin = new()
    {
        Now = new DateTimeOffset(2024, 5, 17, 22, 20, 30, TimeSpan.Zero),
        TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
    };

    [Theory]
    [InlineData("century", "2000-12-16 12:21:13", "20")]
    [InlineData("century", "2001-02-16 20:38:40", "21")]
    [InlineData("day", "2001-02-16 20:38:40", "16")]
    [InlineData("decade", "2001-02-16 20:38:40", "200")]
    [InlineData("dow", "2001-02-16 20:38:40", "5")]
    [InlineData("dow", "2001-02-18 20:38:40", "0")]
    [InlineData("doy", "2001-02-16 20:38:40", "47")]
    [InlineData("epoch", "2001-02-16 20:38:40.12", "982355920.12")]
    [InlineData("HOUR", "2001-02-16 20:38:40", "20")]
    [InlineData("isodow", "2001-02-18 20:38:40", "7")]
    [InlineData("isoyear", "2006-01-01 00:00:00", "2005")]
    [InlineData("julian", "2006-01-01 12:00:00", "2453737.5")]
    [InlineData("microseconds", "2001-01-01 17:12:28.5", "28500000")]
    [InlineData("millennium", "2001-02-16 20:38:40", "3")]
    [InlineData("milliseconds", "2001-01-01 17:12:28.5", "28500")]
    [InlineData("minutes", "2001-02-16 20:38:40", "38")]
    [InlineData("quarter", "2001-02-16 20:38:40", "1")]
    [InlineData("second", "2001-01-01 17:12:28.5", "28.5")]
    [InlineData("week", "2001-02-16 20:38:40", "7")]
    [InlineData("week", "2012-12-31 00:00:00", "1")]
    [InlineData("week", "2021-01-03 00:00:00", "53")]
    [InlineData("hour", "1969-12-31 23:00:00", "23")]
    public void Parts_are_those_of_postgresql(string field, string time, string expected)
    {
        // With a name that is a column the result is a double, which prints whole numbers alike.
        string found = Call.Eval("date_part", new Typed(DataType.Utf8, field), new Typed(DataType.Timestamp(), time));
        Assert.Equal(expected, found);
        foreach (TimeUnit unit in Enum.GetValues<TimeUnit>().Where(u => !time.Contains('.', StringComparison.Ordinal)))
        {
            Assert.Equal(expected, Call.Eval("date_part", field, new Typed(DataType.Timestamp(unit), time)));
        }
    }

    [Fact]
    public void Parts_of_intervals_and_times()
    {
        var interval = new Interval(26, 40, 3_725_500_000_000);
        Assert.Equal("2", Call.Eval("date_part", "year", interval));
        Assert.Equal("2", Call.Eval("date_part", "month", interval));
        Assert.Equal("40", Call.Eval("date_part", "day", interval));
        Assert.Equal("1", Call.Eval("date_part", "hour", interval));
        Assert.Equal("2", Call.Eval("date_part", "minute", interval));
        Assert.Equal("5.5", Call.Eval("date_part", "second", interval));
        Assert.Equal("442800", Call.Eval("date_part", "epoch", new Interval(0, 5, 3 * 3_600_000_000_000)));
        Assert.Equal("17", Call.Eval("date_part", "hour", new TimeOnly(17, 12, 28)));
        Assert.StartsWith("MR5238", Call.Fault("date_part", "year", new TimeOnly(17, 12, 28)), StringComparison.Ordinal);
        Assert.StartsWith("MR5238", Call.Fault("date_part", "dow", interval), StringComparison.Ordinal);
        Assert.StartsWith("MR5238", Call.Fault("date_part", "hour", new DateOnly(2024, 1, 1)), StringComparison.Ordinal);
        Assert.StartsWith("MR5238", Call.Fault("date_part", "fortnight", new DateTime(2024, 1, 1)), StringComparison.Ordinal);
        Assert.StartsWith("MR5238", Call.Fault("date_part", "timezone", new DateTime(2024, 1, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Calendar_parts_agree_with_dotnet_on_every_day_of_four_centuries()
    {
        var first = new DateTime(1800, 1, 1);
        int days = (int)(new DateTime(2200, 1, 1) - first).TotalDays;
        long start = (long)(first - DateTime.UnixEpoch).TotalDays;
        for (int i = 0; i < days; i++)
        {
            DateTime expected = first.AddDays(i);
            var time = new Millrace.Sql.Functions.LocalTime(start + i, 0);
            Assert.Equal(((int)expected.DayOfWeek, expected.DayOfYear), (time.DayOfWeek, time.DayOfYear));
            Assert.Equal((ISOWeek.GetYear(expected), ISOWeek.GetWeekOfYear(expected)), time.IsoWeek);
        }
    }

    [Fact]
    public void Parts_of_instants_are_those_of_the_statements_zone()
    {
        var instant = new DateTimeOffset(2024, 7, 1, 22, 30, 0, TimeSpan.Zero);
        Assert.Equal("2", Call.EvalIn(Berlin, "day", instant));
        Assert.Equal("0", Call.EvalIn(Berlin, "date_part", "hour", instant));
        Assert.Equal("7200", Call.EvalIn(Berlin, "date_part", "timezone", instant));
        Assert.Equal("2", Call.EvalIn(Berlin, "date_part", "timezone_hour", instant));
        Assert.Equal("1719873000", Call.EvalIn(Berlin, "date_part", "epoch", instant));
        Assert.Equal("2024-07-01 22:00:00Z", Call.EvalIn(Berlin, "date_trunc", "day", instant));
        // The night when summer time ends: the hour 02 comes twice.
        Assert.Equal("2024-10-27 00:00:00Z", Call.EvalIn(Berlin, "date_trunc", "hour", new Typed(Instant, "2024-10-27 00:30:00Z")));
        Assert.Equal("2024-10-27 01:00:00Z", Call.EvalIn(Berlin, "date_trunc", "hour", new Typed(Instant, "2024-10-27 01:30:00Z")));
        Assert.Equal("2024-10-26 22:00:00Z", Call.EvalIn(Berlin, "date_trunc", "day", new Typed(Instant, "2024-10-27 12:30:00Z")));
        Assert.Equal("2024-05-18", Call.EvalIn(Berlin, "current_date"));
        Assert.Equal("2024-05-18 00:20:30", Call.EvalIn(Berlin, "localtimestamp"));
        Assert.Equal("2024-05-17 22:20:30Z", Call.EvalIn(Berlin, "now"));
        Assert.Equal("00:20:30", Call.EvalIn(Berlin, "current_time"));
    }

    [Theory]
    [InlineData("second", "2001-02-16 20:38:40")]
    [InlineData("hour", "2001-02-16 20:00:00")]
    [InlineData("day", "2001-02-16 00:00:00")]
    [InlineData("week", "2001-02-12 00:00:00")]
    [InlineData("month", "2001-02-01 00:00:00")]
    [InlineData("quarter", "2001-01-01 00:00:00")]
    [InlineData("year", "2001-01-01 00:00:00")]
    [InlineData("decade", "2000-01-01 00:00:00")]
    [InlineData("century", "2001-01-01 00:00:00")]
    [InlineData("millennium", "2001-01-01 00:00:00")]
    public void Times_are_cut_to_periods(string field, string expected)
        => Assert.Equal(expected, Call.Eval("date_trunc", field, new DateTime(2001, 2, 16, 20, 38, 40, 123)));

    [Fact]
    public void Truncation_knows_far_and_odd_values()
    {
        Assert.Equal("1969-12-31 23:00:00", Call.Eval("date_trunc", "hour", new DateTime(1969, 12, 31, 23, 59, 59, 999)));
        Assert.Equal("2024-02-01 00:00:00", Call.Eval("date_trunc", "month", new DateOnly(2024, 2, 29)));
        Assert.Equal("P2DT3H", Call.Eval("date_trunc", "hour", new Interval(0, 2, 11_045_000_000_000)));
        Assert.Equal("P2Y", Call.Eval("date_trunc", "year", new Interval(26, 2, 1)));
        Assert.StartsWith("MR5238", Call.Fault("date_trunc", "dow", new DateTime(2024, 1, 1)), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("year", new Typed(DataType.Timestamp(TimeUnit.Second), long.MaxValue)), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("date_trunc", "year", new Typed(DataType.Timestamp(TimeUnit.Nanosecond), "1677-09-22 00:00:00")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PT15M", "2020-02-11 15:44:17", "2001-01-01 00:00:00", "2020-02-11 15:30:00")]
    [InlineData("PT15M", "2020-02-11 15:44:17", "2001-01-01 00:02:30", "2020-02-11 15:32:30")]
    [InlineData("PT1H", "1969-12-31 23:30:00", "1970-01-01 00:00:00", "1969-12-31 23:00:00")]
    [InlineData("P7D", "2024-02-29 10:00:00", "2024-03-04 00:00:00", "2024-02-26 00:00:00")]
    [InlineData("P1M", "2024-02-29 10:00:00", "2000-01-01 00:00:00", "2024-02-01 00:00:00")]
    [InlineData("P3M", "2024-02-14 10:00:00", "2000-01-15 00:00:00", "2024-01-15 00:00:00")]
    [InlineData("P1M", "2024-02-14 10:00:00", "2000-01-15 00:00:00", "2024-01-15 00:00:00")]
    public void Bins_lie_from_their_origin_on(string width, string time, string origin, string expected)
        => Assert.Equal(expected, Call.Eval("date_bin", new Typed(DataType.Interval, Parse(width)), new Typed(DataType.Timestamp(), time), new Typed(DataType.Timestamp(), origin)));

    [Fact]
    public void Bins_without_width_are_faults()
    {
        var time = new DateTime(2024, 1, 1);
        Assert.StartsWith("MR5230", Call.Fault("date_bin", new Interval(0, 0, 0), time), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("date_bin", new Interval(0, -1, 0), time), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("date_bin", new Interval(1, 1, 0), time), StringComparison.Ordinal);
        Assert.Equal("2024-03-01 00:00:00", Call.Eval("time_bucket", new Interval(1, 0, 0), new DateTime(2024, 3, 31, 23, 0, 0)));
        Assert.Equal("1999-01-01 00:00:00", Call.Eval("time_bucket", new Interval(12, 0, 0), new DateTime(1999, 12, 31)));
        Assert.Equal("2024-01-01 00:00:00", Call.Eval("time_bucket", new Interval(0, 7, 0), time));
        Assert.Equal("2023-12-28 00:00:00", Call.Eval("date_bin", new Interval(0, 7, 0), time));
        Assert.Equal("2024-01-01 00:05:00", Call.Eval("tumble_end", time, new Interval(0, 0, 300_000_000_000)));
    }

    [Theory]
    [InlineData("2001-04-10", "1957-06-13", "P43Y9M27D")]
    [InlineData("2024-02-29", "2024-01-31", "P29D")]
    [InlineData("2024-03-01", "2024-01-31", "P1M1D")]
    [InlineData("1957-06-13", "2001-04-10", "P-43Y-9M-27D")]
    [InlineData("2024-01-01", "2024-01-01", "PT0S")]
    public void Age_counts_years_months_and_days(string end, string start, string expected)
    {
        Assert.Equal(expected, Call.Eval("age", new Typed(DataType.Date, end), new Typed(DataType.Date, start)));
        Assert.Equal(expected, Call.Eval("age", new Typed(DataType.Timestamp(), end + " 05:00:00"), new Typed(DataType.Timestamp(TimeUnit.Second), start + " 05:00:00")));
    }

    [Fact]
    public void Age_borrows_days_for_time_and_goes_to_today()
    {
        Assert.Equal("P28DT23H", Call.Eval("age", new DateTime(2024, 2, 29, 4, 0, 0), new DateTime(2024, 1, 31, 5, 0, 0)));
        Assert.Equal("P1M16D", Call.Eval("age", new DateOnly(2024, 4, 1)));
    }

    [Theory]
    [InlineData("year", "2023-12-31 23:59:59", "2024-01-01 00:00:00", "1")]
    [InlineData("month", "2024-01-31 00:00:00", "2024-02-01 00:00:00", "1")]
    [InlineData("week", "2024-02-25 23:00:00", "2024-02-26 00:00:00", "1")]
    [InlineData("day", "2024-02-28 23:00:00", "2024-03-01 01:00:00", "2")]
    [InlineData("hour", "2024-01-01 10:59:00", "2024-01-01 11:01:00", "1")]
    [InlineData("hour", "1969-12-31 23:59:00", "1970-01-01 00:01:00", "1")]
    [InlineData("minute", "2024-01-01 11:01:00", "2024-01-01 10:59:00", "-2")]
    [InlineData("quarter", "2024-03-31 00:00:00", "2024-04-01 00:00:00", "1")]
    [InlineData("millisecond", "2024-01-01 00:00:00.0009", "2024-01-01 00:00:01.0000", "1000")]
    public void Datediff_counts_boundaries(string field, string start, string end, string expected)
        => Assert.Equal(expected, Call.Eval("datediff", field, new Typed(DataType.Timestamp(), start), new Typed(DataType.Timestamp(), end)));

    [Fact]
    public void Dates_are_moved()
    {
        var month = new Interval(1, 0, 0);
        Assert.Equal("2024-02-29 00:00:00", Call.Eval("date_add", new DateOnly(2024, 1, 31), month));
        Assert.Equal("2023-02-28 00:00:00", Call.Eval("date_sub", new DateTime(2023, 3, 31), month));
        Assert.Equal("2024-03-01", Call.Eval("date_add", new DateOnly(2024, 2, 28), 2));
        Assert.Equal("2", Call.Eval("datediff", new DateOnly(2024, 3, 1), new DateOnly(2024, 2, 28)));
        Assert.Equal("2024-02-29", Call.Eval("last_day", new DateOnly(2024, 2, 1)));
        Assert.Equal("1900-02-28", Call.Eval("last_day", new DateOnly(1900, 2, 1)));
    }

    [Fact]
    public void Times_are_made_of_parts()
    {
        Assert.Equal("2024-02-29", Call.Eval("make_date", 2024, 2, 29));
        Assert.StartsWith("MR5235", Call.Fault("make_date", 2023, 2, 29), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("make_date", 0, 1, 1), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("make_date", long.MaxValue, 1, 1), StringComparison.Ordinal);
        Assert.Equal("08:15:23.5", Call.Eval("make_time", 8, 15, 23.5));
        Assert.StartsWith("MR5235", Call.Fault("make_time", 24, 0, 1.0), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("make_time", 1, 0, double.NaN), StringComparison.Ordinal);
        Assert.Equal("P1Y2M24D", Call.Eval("make_interval", 1, 2, 2, 10));
        Assert.Equal("PT-0.5S", Call.Eval("make_interval", 0, 0, 0, 0, 0, 0, -0.5));
        Assert.StartsWith("MR5235", Call.Fault("make_interval", long.MaxValue), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2024-07-01 12:00:00", "2024-07-01 10:00:00Z")]
    [InlineData("Europe/Berlin", "2024-01-01 12:00:00", "2024-01-01 11:00:00Z")]
    [InlineData("Europe/Berlin", "2024-03-31 02:30:00", "2024-03-31 01:30:00Z")]
    [InlineData("America/Denver", "2001-02-16 20:38:40", "2001-02-17 03:38:40Z")]
    [InlineData("Asia/Kolkata", "2024-01-01 05:30:00", "2024-01-01 00:00:00Z")]
    [InlineData("utc", "2024-01-01 05:30:00", "2024-01-01 05:30:00Z")]
    [InlineData("+02:00", "2024-01-01 02:00:00", "2024-01-01 00:00:00Z")]
    [InlineData("-0330", "2024-01-01 00:00:00", "2024-01-01 03:30:00Z")]
    [InlineData("Europe/Dublin", "2024-03-31 01:30:00", "2024-03-31 01:30:00Z")]
    [InlineData("Europe/Dublin", "2024-10-27 00:59:59", "2024-10-26 23:59:59Z")]
    [InlineData("Europe/Dublin", "2024-10-27 01:30:00", "2024-10-27 01:30:00Z")]
    [InlineData("Africa/Casablanca", "2024-04-14 02:30:00", "2024-04-14 02:30:00Z")]
    [InlineData("Africa/Casablanca", "2024-03-10 02:30:00", "2024-03-10 02:30:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00Z")]
    [InlineData("Australia/Lord_Howe", "2024-10-06 02:15:00", "2024-10-05 15:45:00Z")]
    [InlineData("Australia/Lord_Howe", "2024-04-07 01:45:00", "2024-04-06 15:15:00Z")]
    [InlineData("Europe/Berlin", "9999-12-31 23:59:59", "9999-12-31 22:59:59Z")]
    [InlineData("America/New_York", "9999-12-31 00:00:00", "9999-12-31 05:00:00Z")]
    [InlineData("Europe/Berlin", "+12024-07-01 12:00:00", "+12024-07-01 10:00:00Z")]
    [InlineData("+02:00", "0001-01-01 01:00:00", "0000-12-31 23:00:00Z")]
    public void Wall_clock_times_of_zones_become_instants(string zone, string time, string expected)
        => Assert.Equal(expected, Call.Eval("timezone", zone, new Typed(DataType.Timestamp(), time)));

    [Theory]
    [InlineData("Europe/Dublin", "2024-03-31 00:59:59Z", "2024-03-31 00:59:59")]
    [InlineData("Europe/Dublin", "2024-03-31 01:00:00Z", "2024-03-31 02:00:00")]
    [InlineData("Europe/Dublin", "2024-10-27 00:30:00Z", "2024-10-27 01:30:00")]
    [InlineData("Europe/Dublin", "2024-10-27 01:30:00Z", "2024-10-27 01:30:00")]
    [InlineData("Europe/Berlin", "9999-12-31 22:59:59Z", "9999-12-31 23:59:59")]
    [InlineData("Europe/Berlin", "+10000-07-01 10:00:00Z", "+10000-07-01 12:00:00")]
    public void Instants_at_the_turns_of_a_clock_and_of_the_calendar_become_times_of_zones(string zone, string instant, string expected)
        => Assert.Equal(expected, Call.Eval("timezone", zone, new Typed(Instant, instant)));

    [Theory]
    [InlineData("hour", "2024-03-31 00:30:00Z", "2024-03-31 01:30:00Z", "1")]
    [InlineData("second", "2024-03-31 00:30:00Z", "2024-03-31 01:30:00Z", "3600")]
    [InlineData("minute", "2024-10-27 00:30:00Z", "2024-10-27 01:30:00Z", "60")]
    [InlineData("millisecond", "2024-10-27 01:30:00Z", "2024-10-27 00:30:00Z", "-3600000")]
    [InlineData("day", "2024-10-26 21:59:59Z", "2024-10-26 22:00:00Z", "1")]
    [InlineData("day", "2024-03-30 23:00:00Z", "2024-03-31 21:59:59Z", "0")]
    public void Hours_between_instants_are_those_that_pass_and_days_are_those_of_the_zone(string field, string start, string end, string expected)
        => Assert.Equal(expected, Call.EvalIn(Berlin, "datediff", field, new Typed(Instant, start), new Typed(Instant, end)));

    [Fact]
    public void Instants_become_wall_clock_times_of_zones()
    {
        Assert.Equal("2001-02-16 18:38:40", Call.Eval("timezone", "America/Denver", new Typed(Instant, "2001-02-16 20:38:40-05")));
        Assert.Equal("2001-02-17 03:38:40", Call.Eval("timezone", new Interval(0, 0, 2 * 3_600_000_000_000), new Typed(Instant, "2001-02-17 01:38:40Z")));
        foreach (string zone in (string[])["Europe/Atlantis", "", "../../etc/passwd", "/etc/passwd", "+25:00", "+1:2:3"])
        {
            Assert.StartsWith("MR5237", Call.Fault("timezone", zone, new DateTime(2024, 1, 1)), StringComparison.Ordinal);
        }

        Assert.StartsWith("MR5237", Call.Fault("timezone", new Interval(0, 1, 0), new DateTime(2024, 1, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_are_numbers_since_1970()
    {
        Assert.Equal("-1", Call.Eval("unix_timestamp", new DateTime(1969, 12, 31, 23, 59, 59, 500)));
        Assert.Equal("1715941230", Call.Eval("unix_timestamp"));
        Assert.Equal("-500", Call.Eval("epoch_ms", new DateTime(1969, 12, 31, 23, 59, 59, 500)));
        Assert.Equal("1969-12-31 23:59:59.5", Call.Eval("epoch_ms", -500));
        Assert.Equal("-0.5", Call.Eval("epoch", new DateTime(1969, 12, 31, 23, 59, 59, 500)));
        Assert.Equal("2010-09-13 04:32:03.25Z", Call.Eval("to_timestamp", 1284352323.25));
        Assert.Equal("1970-01-02 00:00:00", Call.Eval("from_unixtime", 86400));
        Assert.StartsWith("MR5235", Call.Fault("from_unixtime", long.MaxValue), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("to_timestamp", double.NaN), StringComparison.Ordinal);
        Assert.StartsWith("MR5235", Call.Fault("epoch_ns", new Typed(DataType.Timestamp(TimeUnit.Second), "9999-01-01 00:00:00")), StringComparison.Ordinal);
    }

    private static object Parse(string interval)
    {
        Assert.True(IntervalText.TryParse(System.Text.Encoding.ASCII.GetBytes(interval), out Interval value));
        return value;
    }
}
