using Millrace.Columnar;
using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>The table of the functions of dates and times. Parts of instants are those of the statement's time zone.</summary>
internal static class TimeFunctions
{
    private static readonly TypePattern Date = DataType.Date;
    private static readonly TypePattern TimeOfDay = DataType.Time();
    private static readonly TypePattern Wall = DataType.Timestamp();
    private static readonly TypePattern Instant = DataType.Timestamp(timeZone: "UTC");
    private static readonly TypePattern Span = DataType.Interval;
    private static readonly TypePattern AnyTimestamp = TypePattern.Timestamp;

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Row("now", "The time at which the statement began.", Takes().Gives(Instant, CurrentTime.Now)).As("current_timestamp", "transaction_timestamp", "statement_timestamp").Stable(),
        Row("current_date", "The day on which the statement began, in its time zone.", Takes().Gives(Date, CurrentTime.Today)).As("today").Stable(),
        Row("current_time", "The time of day at which the statement began, in its time zone.", Takes().Gives(TimeOfDay, CurrentTime.TimeOfDay)).As("localtime").Stable(),
        Row("localtimestamp", "The time at which the statement began, by the clock of its time zone.", Takes().Gives(Wall, CurrentTime.LocalTimestamp)).Stable(),

        Row("date_part", "A part of a date or time, as EXTRACT(part FROM x): microsecond, millisecond, second, minute, hour, day, dow (Sunday is 0), isodow (Monday is 1), doy, week (ISO), month, quarter, year, isoyear, decade, century, millennium, julian, epoch, timezone, timezone_hour, timezone_minute.",
                Takes(Text, AnyTimestamp).Prepares(Float, DateParts.OfTime, DateParts.Type),
                Takes(Text, Date).Prepares(Float, DateParts.OfTime, DateParts.Type),
                Takes(Text, Span).Prepares(Float, DateParts.OfInterval, DateParts.Type),
                Takes(Text, TimeOfDay).Prepares(Float, DateParts.OfTimeOfDay, DateParts.Type)).As("extract", "datepart")
            .Example("EXTRACT(year FROM DATE '2024-02-29')", "2024").Example("date_part('week', DATE '2021-01-03')", "53").Example("EXTRACT(second FROM TIMESTAMP '2024-01-01 10:20:30.5')", "30.5"),
        Part("year", "The year.", TimeField.Year).Example("year(DATE '2024-02-29')", "2024"),
        Part("quarter", "The quarter, 1 to 4.", TimeField.Quarter).Example("quarter(DATE '2024-05-01')", "2"),
        Part("month", "The month, 1 to 12.", TimeField.Month).Example("month(DATE '2024-02-29')", "2"),
        Part("week", "The week of the ISO calendar, 1 to 53.", TimeField.Week).As("weekofyear").Example("week(DATE '2024-12-30')", "1"),
        Part("day", "The day of the month.", TimeField.Day).As("dayofmonth").Example("day(DATE '2024-02-29')", "29"),
        Part("dayofweek", "The day of the week, from Sunday 0 to Saturday 6.", TimeField.DayOfWeek).As("dow", "weekday").Example("dayofweek(DATE '2024-02-25')", "0"),
        Part("isodow", "The day of the week, from Monday 1 to Sunday 7.", TimeField.IsoDayOfWeek).Example("isodow(DATE '2024-02-25')", "7"),
        Part("dayofyear", "The day of the year.", TimeField.DayOfYear).As("doy").Example("dayofyear(DATE '2024-12-31')", "366"),
        Part("isoyear", "The year of the ISO calendar, whose weeks are whole.", TimeField.IsoYear).Example("isoyear(DATE '2024-12-30')", "2025"),
        Part("century", "The century.", TimeField.Century).Example("century(DATE '2000-12-31')", "20"),
        Part("decade", "The year divided by ten.", TimeField.Decade).Example("decade(DATE '1999-01-01')", "199"),
        Part("hour", "The hour.", TimeField.Hour).Example("hour(TIMESTAMP '2024-01-01 10:20:30')", "10"),
        Part("minute", "The minute.", TimeField.Minute).Example("minute(TIMESTAMP '2024-01-01 10:20:30')", "20"),
        Part("second", "The whole second.", TimeField.Second).Example("second(TIMESTAMP '2024-01-01 10:20:30.9')", "30"),
        Part("millisecond", "The seconds in whole milliseconds.", TimeField.Millisecond).Example("millisecond(TIMESTAMP '2024-01-01 10:20:30.9')", "30900"),
        Part("microsecond", "The seconds in whole microseconds.", TimeField.Microsecond).Example("microsecond(TIMESTAMP '2024-01-01 10:20:30.9')", "30900000"),
        Row("dayname", "The English name of the day of the week.", Takes(AnyTimestamp).Gives(Text, TimeFormatting.Name(TimeTokenKind.WeekdayName)), Takes(Date).Gives(Text, TimeFormatting.Name(TimeTokenKind.WeekdayName)))
            .Example("dayname(DATE '2024-02-29')", "Thursday"),
        Row("monthname", "The English name of the month.", Takes(AnyTimestamp).Gives(Text, TimeFormatting.Name(TimeTokenKind.MonthName)), Takes(Date).Gives(Text, TimeFormatting.Name(TimeTokenKind.MonthName)))
            .Example("monthname(DATE '2024-02-29')", "February"),
        Row("last_day", "The last day of the month.", Takes(AnyTimestamp).Gives(Date, Truncation.LastDay), Takes(Date).Gives(Date, Truncation.LastDay))
            .Example("last_day(DATE '2024-02-10')", "2024-02-29"),

        Row("date_trunc", "The beginning of the period that a time lies in: second, minute, hour, day, week, month, quarter, year and so on; an interval is cut at the part.",
                Takes(Text, AnyTimestamp).Prepares(AnyTimestamp, Truncation.OfTime, site => site.Types[1]),
                Takes(Text, Date).Prepares(Wall, Truncation.OfTime),
                Takes(Text, Span).Prepares(Span, Truncation.OfInterval))
            .Example("date_trunc('month', TIMESTAMP '2024-02-29 10:20:30')", "2024-02-01 00:00:00").Example("date_trunc('week', TIMESTAMP '2024-02-29 10:20:30')", "2024-02-26 00:00:00"),
        Row("date_bin", "The beginning of the bin that a time lies in, for bins of a width laid from an origin on, which is 1970-01-01 unless given.",
                Takes(Span, AnyTimestamp, AnyTimestamp).Optional(1).Prepares(AnyTimestamp, _ => Binning.Start, site => site.Types[1]))
            .Example("date_bin(INTERVAL '15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01 00:00:00')", "2020-02-11 15:30:00"),
        Row("time_bucket", "As date_bin; unless an origin is given it is Monday 2000-01-03, and of months and years 2000-01-01.",
                Takes(Span, AnyTimestamp, AnyTimestamp).Optional(1).Prepares(AnyTimestamp, _ => Binning.Bucket, site => site.Types[1]))
            .Example("time_bucket(INTERVAL '7 days', TIMESTAMP '2024-02-29 10:00:00')", "2024-02-26 00:00:00"),
        Row("tumble_start", "The beginning of the tumbling window of a size that a time lies in.", Takes(AnyTimestamp, Span).Prepares(AnyTimestamp, _ => Binning.TumbleStart, site => site.Types[0]))
            .Example("tumble_start(TIMESTAMP '2024-01-01 10:07:00', INTERVAL '5' MINUTE)", "2024-01-01 10:05:00"),
        Row("tumble_end", "The end of the tumbling window of a size that a time lies in; the window does not have it.", Takes(AnyTimestamp, Span).Prepares(AnyTimestamp, _ => Binning.TumbleEnd, site => site.Types[0]))
            .Example("tumble_end(TIMESTAMP '2024-01-01 10:07:00', INTERVAL '5' MINUTE)", "2024-01-01 10:10:00"),

        Row("date_add", "A date or time moved by an interval, or a date by days.", Moves(TimeArithmetic.Additions))
            .Example("date_add(DATE '2024-01-31', INTERVAL '1' MONTH)", "2024-02-29 00:00:00").Example("date_add(DATE '2024-02-28', 2)", "2024-03-01"),
        Row("date_sub", "A date or time moved back by an interval, or a date by days.", Moves(TimeArithmetic.Subtractions))
            .Example("date_sub(TIMESTAMP '2024-03-31 12:00:00', INTERVAL '1' MONTH)", "2024-02-29 12:00:00"),
        Row("datediff", "How many beginnings of a period lie between start and end, datediff(part, start, end); with two arguments the days, datediff(end, start).",
                Takes(Text, Date, Date).Prepares(BigInt, Differences.Boundaries),
                Takes(Text, AnyTimestamp, AnyTimestamp).Prepares(BigInt, Differences.Boundaries),
                Takes(Date, Date).Gives(BigInt, Differences.Days),
                Takes(AnyTimestamp, AnyTimestamp).Gives(BigInt, Differences.Days)).As("date_diff")
            .Example("datediff('month', DATE '2024-01-31', DATE '2024-02-01')", "1").Example("datediff(DATE '2024-03-01', DATE '2024-02-28')", "2"),
        Row("age", "The time from start to end in years, months, days and time, age(end, start); with one argument, to the day of the statement.",
                Takes(AnyTimestamp, AnyTimestamp).Optional(1).Gives(Span, Differences.Age),
                Takes(Date, Date).Optional(1).Gives(Span, Differences.Age))
            .Example("age(TIMESTAMP '2001-04-10 00:00:00', TIMESTAMP '1957-06-13 00:00:00')", "P43Y9M27D"),

        Row("to_char", "A date or time as text by a format: PostgreSQL's patterns (YYYY-MM-DD HH24:MI:SS), or those of strftime where it has a percent sign (%Y-%m-%d). A number as text: 9 and 0 are its digits, 0 also where it has none; . , S MI PL SG PR FM TH and texts in double quotes as in PostgreSQL.",
                Takes(AnyTimestamp, Text).Prepares(Text, TimeFormatting.Format),
                Takes(Date, Text).Prepares(Text, TimeFormatting.Format),
                Takes(BigInt, Text).Prepares(Text, NumberFormatting.Whole),
                Takes(TypePattern.Decimal, Text).Prepares(Text, NumberFormatting.Decimal),
                Takes(Float, Text).Prepares(Text, NumberFormatting.Float)).As("date_format", "strftime")
            .Example("to_char(-1234.5, 'FM9,999.00')", "-1,234.50").Example("to_char(7, '000')", " 007")
            .Example("to_char(TIMESTAMP '2024-02-29 17:05:09', 'FMDay, DD Mon YYYY HH12:MI:SS AM')", "Thursday, 29 Feb 2024 05:05:09 PM").Example("date_format(DATE '2024-02-29', '%d/%m/%y')", "29/02/24"),
        Row("to_timestamp", "The instant of a number of seconds since 1970-01-01, or of a text by a format (as in to_char), in the statement's time zone unless the text has one.",
                Takes(Float).Gives(Instant, Epochs.FromSeconds),
                Takes(Text, Text).Prepares(Instant, TimeFormatting.Parse))
            .Example("to_timestamp(1284352323)", "2010-09-13 04:32:03Z").Example("to_timestamp('05 Dec 2000', 'DD Mon YYYY')", "2000-12-05 00:00:00Z"),
        Row("strptime", "The time of a text by a format (as in to_char); an instant if the format has %z.", Takes(Text, Text).Prepares(Wall, TimeFormatting.Parse, TimeFormatting.ParsedType))
            .Example("strptime('29/02/2024 07:08', '%d/%m/%Y %H:%M')", "2024-02-29 07:08:00"),
        Row("try_strptime", "As strptime, with null for texts that are not of the format.", Takes(Text, Text).Prepares(Wall, TimeFormatting.TryParse, TimeFormatting.ParsedType))
            .Example("try_strptime('30/02/2024', '%d/%m/%Y')", "NULL"),
        Row("to_date", "The date of a text by a format (as in to_char).", Takes(Text, Text).Prepares(Date, TimeFormatting.ParseDate))
            .Example("to_date('05 Dec 2000', 'DD Mon YYYY')", "2000-12-05"),

        Row("from_unixtime", "The time of a number of seconds since 1970-01-01, by the clock of UTC.", Takes(BigInt).Gives(Wall, Epochs.FromUnits(1)))
            .Example("from_unixtime(86400)", "1970-01-02 00:00:00"),
        Row("unix_timestamp", "Whole seconds since 1970-01-01; of now without an argument.", Takes().Gives(BigInt, CurrentTime.UnixSeconds), Takes(AnyTimestamp).Gives(BigInt, Epochs.ToUnits(1))).Stable()
            .Example("unix_timestamp(TIMESTAMP '1970-01-02 00:00:01')", "86401"),
        Row("epoch", "Seconds since 1970-01-01.", Takes(AnyTimestamp).Gives(Float, Epochs.ToSeconds))
            .Example("epoch(TIMESTAMP '1970-01-01 00:00:01.5')", "1.5"),
        Row("epoch_ms", "Whole milliseconds since 1970-01-01; of a number of them, the time by the clock of UTC.", Takes(AnyTimestamp).Gives(BigInt, Epochs.ToUnits(1000)), Takes(BigInt).Gives(Wall, Epochs.FromUnits(1000)))
            .Example("epoch_ms(TIMESTAMP '1970-01-01 00:00:01.5')", "1500").Example("epoch_ms(1500)", "1970-01-01 00:00:01.5"),
        Row("epoch_us", "Whole microseconds since 1970-01-01.", Takes(AnyTimestamp).Gives(BigInt, Epochs.ToUnits(1_000_000)))
            .Example("epoch_us(TIMESTAMP '1970-01-01 00:00:01.5')", "1500000"),
        Row("epoch_ns", "Nanoseconds since 1970-01-01.", Takes(AnyTimestamp).Gives(BigInt, Epochs.ToUnits(1_000_000_000)))
            .Example("epoch_ns(TIMESTAMP '1970-01-01 00:00:01.5')", "1500000000"),

        Row("make_date", "A date from year, month and day; negative years are BC.", Takes(BigInt, BigInt, BigInt).Gives(Date, Making.Date))
            .Example("make_date(2024, 2, 29)", "2024-02-29"),
        Row("make_time", "A time from hour, minute and seconds.", Takes(BigInt, BigInt, Float).Gives(TimeOfDay, Making.Time))
            .Example("make_time(8, 15, 23.5)", "08:15:23.5"),
        Row("make_timestamp", "A timestamp from year, month, day, hour, minute and seconds.", Takes(BigInt, BigInt, BigInt, BigInt, BigInt, Float).Gives(Wall, Making.Timestamp))
            .Example("make_timestamp(2013, 7, 15, 8, 15, 23.5)", "2013-07-15 08:15:23.5"),
        Row("make_timestamptz", "An instant from year, month, day, hour, minute and seconds in a time zone, that of the statement unless given.", Takes(BigInt, BigInt, BigInt, BigInt, BigInt, Float, Text).Optional(1).Prepares(Instant, Making.Instant))
            .Example("make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'Europe/Berlin')", "2013-07-15 06:15:23.5Z"),
        Row("make_interval", "An interval from years, months, weeks, days, hours, minutes and seconds.", Takes(BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, Float).Optional(7).Gives(Span, Making.IntervalOf))
            .Example("make_interval(1, 2, 0, 10, 3)", "P1Y2M10DT3H"),

        Row("timezone", "time AT TIME ZONE zone: a wall-clock time of the zone becomes an instant, an instant becomes the zone's wall-clock time. Zones are IANA names, or offsets such as +02:00, which are ahead of UTC.",
                Takes(Text, AnyTimestamp).Prepares(AnyTimestamp, Zones.Convert, Zones.Type),
                Takes(Span, AnyTimestamp).Prepares(AnyTimestamp, Zones.Shift, Zones.Type))
            .Example("timezone('Europe/Berlin', TIMESTAMP '2024-07-01 12:00:00')", "2024-07-01 10:00:00Z").Example("TIMESTAMPTZ '2024-07-01 10:00:00Z' AT TIME ZONE 'America/New_York'", "2024-07-01 06:00:00"),
    ];

    private static ScalarFunction Row(string name, string doc, params ScalarOverload[] overloads) => Function(FunctionCategory.Time, name, doc, overloads);

    private static ScalarFunction Part(string name, string doc, TimeField field)
        => field <= TimeField.Hour
            ? Row(name, doc, Takes(AnyTimestamp).Gives(BigInt, DateParts.One(field)))
            : Row(name, doc, Takes(AnyTimestamp).Gives(BigInt, DateParts.One(field)), Takes(Date).Gives(BigInt, DateParts.One(field)));

    // What + and - do for a date or timestamp on the left and an interval or days on the right.
    private static ScalarOverload[] Moves(IReadOnlyList<ScalarOverload> operators)
        => [.. operators.Where(o => o.Parameters is [{ } from, { } by] && (from == Date || from == AnyTimestamp) && (by == Span || by == Int))];
}
