using Millrace.Columnar;

namespace Millrace.Sql.Tests.Functions.Time;

public sealed class TimeFormatTests
{
    private static readonly DateTime Sample = new DateTime(2024, 2, 5, 17, 4, 9).AddTicks(1234560);

    [Theory]
    [InlineData("YYYY-MM-DD HH24:MI:SS", "2024-02-05 17:04:09")]
    [InlineData("yyyy-mm-dd", "2024-02-05")]
    [InlineData("YYY YY Y Y,YYY", "024 24 4 2,024")]
    [InlineData("HH12:MI AM", "05:04 PM")]
    [InlineData("HH:MI p.m.", "05:04 p.m.")]
    [InlineData("MS US FF1 FF3", "123 123456 1 123")]
    [InlineData("SSSS", "61449")]
    [InlineData("Day|DAY|day|FMDay", "Monday   |MONDAY   |monday   |Monday")]
    [InlineData("Month|FMMonth|Mon|MON|mon", "February |February|Feb|FEB|feb")]
    [InlineData("Dy DY dy", "Mon MON mon")]
    [InlineData("DDD D ID Q CC W WW IW IYYY IDDD", "036 2 1 1 21 1 06 06 2024 036")]
    [InlineData("FMMM/FMDD", "2/5")]
    [InlineData("FMDDth \"of\" Month", "5th of February ")]
    [InlineData("DDTH", "05TH")]
    [InlineData("RM rm J", "II ii 2460346")]
    [InlineData("BC A.D.", "AD A.D.")]
    [InlineData("\"HH24\" é", "HH24 é")]
    [InlineData("", "")]
    public void Postgresql_patterns_write_times(string format, string expected) => Assert.Equal(expected, Call.Eval("to_char", Sample, format));

    [Theory]
    [InlineData("%Y-%m-%d %H:%M:%S", "2024-02-05 17:04:09")]
    [InlineData("%d/%m/%y %I:%M %p", "05/02/24 05:04 PM")]
    [InlineData("%-d.%-m. %-H", "5.2. 17")]
    [InlineData("%A %a %B %b", "Monday Mon February Feb")]
    [InlineData("%f %g %n", "123456 123 123456000")]
    [InlineData("%j %U %W %V %u %w", "036 05 06 06 1 1")]
    [InlineData("%F %T %D %e|100%%", "2024-02-05 17:04:09 02/05/24  5|100%")]
    [InlineData("%s", "1707152649")]
    public void Strftime_patterns_write_times(string format, string expected) => Assert.Equal(expected, Call.Eval("strftime", Sample, format));

    [Theory]
    [InlineData("FMHH24", "CAST(date_part('hour', t) AS bigint)")]
    [InlineData("FMMI", "CAST(date_part('minute', t) AS bigint)")]
    [InlineData("FMSS", "CAST(floor(date_part('second', t)) AS bigint)")]
    [InlineData("FMDD", "CAST(date_part('day', t) AS bigint)")]
    [InlineData("FMHH24:FMDD", "CAST(date_part('hour', t) AS bigint) || ':' || CAST(date_part('day', t) AS bigint)")]
    [InlineData("MS", "lpad(CAST(x * 137 % 1000 AS varchar), 3, '0')")]
    public async Task Rows_close_in_time_have_each_their_own_text(string format, string parts)
    {
        string times = "SELECT x, CAST('2024-02-28 22:59:30' AS timestamp) + x * INTERVAL '17137' MILLISECOND AS t FROM generate_series(-3000, 3000) AS s(x)";
        if (format == "MS")
        {
            times = "SELECT x, CAST('2024-02-28 22:59:30' AS timestamp) + x * INTERVAL '137' MILLISECOND AS t FROM generate_series(0, 3000) AS s(x)";
        }

        Assert.Equal(["0"], await Execution.SqlRows.RunAsync($"SELECT count(*) FROM ({times}) AS q WHERE to_char(t, '{format}') IS DISTINCT FROM CAST({parts} AS varchar)"));
    }

    [Fact]
    public void Dates_and_instants_are_written_too()
    {
        Assert.Equal("2024-02-29 00:00", Call.Eval("date_format", new DateOnly(2024, 2, 29), "YYYY-MM-DD HH24:MI"));
        Assert.Equal("UTC +00 +00 +0000", Call.Eval("to_char", new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero), "TZ TZH OF") + " " + Call.Eval("to_char", new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero), "%z"));
        Assert.Equal("0044 BC", Call.Eval("to_char", new Typed(DataType.Date, "-0043-03-15"), "YYYY BC"));
        Assert.Equal("1ST 2ND 11TH", Call.Eval("to_char", new DateOnly(2024, 11, 1), "FMDDTH") + " " + Call.Eval("to_char", new DateOnly(2024, 11, 2), "FMDDTH") + " " + Call.Eval("to_char", new DateOnly(2024, 11, 11), "FMDDTH"));
        Assert.Equal("Monday", Call.Eval("dayname", Sample));
        Assert.Equal("February", Call.Eval("monthname", Sample));
    }

    [Theory]
    [InlineData("05 Dec 2000", "DD Mon YYYY", "2000-12-05 00:00:00Z")]
    [InlineData("2000    JUN", "YYYY MON", "2000-06-01 00:00:00Z")]
    [InlineData("20240229170509", "YYYYMMDDHH24MISS", "2024-02-29 17:05:09Z")]
    [InlineData("2024-02-29 05:05:09.5 pm", "YYYY-MM-DD HH:MI:SS.MS AM", "2024-02-29 17:05:09.5Z")]
    [InlineData("2024/02/29", "YYYY-MM-DD", "2024-02-29 00:00:00Z")]
    [InlineData("2024-060", "YYYY-DDD", "2024-02-29 00:00:00Z")]
    [InlineData("2006-W01-7", "IYYY-\"W\"IW-ID", "2006-01-08 00:00:00Z")]
    [InlineData("12/31/99", "MM/DD/YY", "1999-12-31 00:00:00Z")]
    [InlineData("12 AM 2024", "HH12 AM YYYY", "2024-01-01 00:00:00Z")]
    [InlineData("2024-02-29 10:00 and more", "YYYY-MM-DD", "2024-02-29 00:00:00Z")]
    [InlineData("2024-02-29 10:00:00 +05:30", "YYYY-MM-DD HH24:MI:SS OF", "2024-02-29 04:30:00Z")]
    public void Postgresql_patterns_read_times(string text, string format, string expected) => Assert.Equal(expected, Call.Eval("to_timestamp", text, format));

    [Theory]
    [InlineData("29/02/2024 07:08", "%d/%m/%Y %H:%M", "2024-02-29 07:08:00")]
    [InlineData("Monday, 5 February 2024", "%A, %-d %B %Y", "2024-02-05 00:00:00")]
    [InlineData("2024-02-05T17:04:09.123456", "%Y-%m-%dT%H:%M:%S.%f", "2024-02-05 17:04:09.123456")]
    [InlineData("1707152649", "%s", "2024-02-05 17:04:09")]
    [InlineData("-1", "%s", "1969-12-31 23:59:59")]
    [InlineData("07:08", "%H:%M", "1900-01-01 07:08:00")]
    public void Strftime_patterns_read_times(string text, string format, string expected) => Assert.Equal(expected, Call.Eval("strptime", text, new Typed(DataType.Utf8, format)));

    [Theory]
    [InlineData("30/02/2024", "%d/%m/%Y", "no such day")]
    [InlineData("29/02/2024x", "%d/%m/%Y", "left over")]
    [InlineData("29-02-2024", "%d/%m/%Y", "'/' was expected")]
    [InlineData("2024-13-01", "%Y-%m-%d", "no such day")]
    [InlineData("25:00", "%H:%M", "no such day")]
    [InlineData("Mai 2024", "%B %Y", "monthname was expected")]
    [InlineData("", "%Y", "year was expected")]
    public void Texts_that_do_not_fit_are_faults_or_null(string text, string format, string problem)
    {
        string fault = Call.Fault("strptime", text, format);
        Assert.StartsWith("MR5236", fault, StringComparison.Ordinal);
        Assert.Contains(problem, fault, StringComparison.Ordinal);
        Assert.Equal("NULL", Call.Eval("try_strptime", text, format));
    }

    [Fact]
    public void Formats_that_are_none_are_faults()
    {
        Assert.StartsWith("MR5241", Call.Fault("strftime", Sample, "%Q%"), StringComparison.Ordinal);
        Assert.StartsWith("MR5241", Call.Fault("strptime", "1", "%"), StringComparison.Ordinal);
        Assert.StartsWith("MR5241", Call.Fault("to_char", Sample, new string('Y', 1001)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_offset_in_the_format_makes_an_instant()
    {
        Assert.Equal(DataType.Timestamp(timeZone: "UTC"), Call.TypeOf("strptime", "x", "%Y %z"));
        Assert.Equal(DataType.Timestamp(), Call.TypeOf("strptime", "x", "%Y"));
        Assert.Equal("2000-12-05", Call.Eval("to_date", "05 Dec 2000", "DD Mon YYYY"));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var random = new Random(7);
        string[] formats = ["YYYY-MM-DD HH24:MI:SS.US", "FMMonth DD, YYYY HH12:MI:SS.US AM", "%d.%m.%Y %H:%M:%S.%f", "%j/%Y %I:%M:%S.%f %p", "IYYY-IW-ID SSSS.US"];
        for (int i = 0; i < 300; i++)
        {
            DateTime time = new DateTime(1, 1, 1).AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 365 * 9000) / 10 * 10);
            string format = formats[i % formats.Length];
            string text = Call.Eval("to_char", time, format);
            Assert.Equal(Call.Eval("to_char", time, "YYYY-MM-DD HH24:MI:SS.US"), Call.Eval("to_char", new Typed(DataType.Timestamp(), Call.Eval("strptime", text, new Typed(DataType.Utf8, format))), "YYYY-MM-DD HH24:MI:SS.US"));
        }
    }
}
