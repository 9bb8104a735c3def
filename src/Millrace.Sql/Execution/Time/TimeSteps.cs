using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Steps of calendar time.</summary>
internal static class TimeSteps
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsPerDay = 86_400;

    // Beyond these no timestamp of any unit reaches.
    private const int MinYear = -300_000_000;
    private const int MaxYear = 300_000_000;

    /// <summary>A day so many months later; the last day of a month where the same day does not exist.</summary>
    public static long AddMonths(long day, long months)
    {
        if (months == 0)
        {
            return day;
        }

        (int year, int month, int dayOfMonth) = Calendar.FromDays(day);
        long total = (year * 12L) + (month - 1) + months;
        int newYear = (int)Math.Clamp(Math.DivRem(total, 12, out long rest) - (rest < 0 ? 1 : 0), MinYear, MaxYear);
        int newMonth = (int)(rest < 0 ? rest + 12 : rest) + 1;
        while (!Calendar.IsValid(newYear, newMonth, dayOfMonth))
        {
            dayOfMonth--;
        }

        return Calendar.ToDays(newYear, newMonth, dayOfMonth);
    }

    /// <summary>A timestamp moved by an interval: first its months, then its days, then the rest, which is cut to the unit.</summary>
    /// <param name="unit">Of the timestamp.</param>
    /// <param name="value">The timestamp.</param>
    /// <param name="interval">How far.</param>
    /// <param name="times">How often; less than zero to go back.</param>
    public static Int128 Add(TimeUnit unit, Int128 value, Interval interval, long times = 1)
    {
        long perSecond = unit.PerSecond();
        Int128 perDay = (Int128)perSecond * SecondsPerDay;
        Int128 days = DivideDown(value, perDay);
        Int128 moved = AddMonths((long)days, times * interval.Months) + (times * interval.Days);
        return (moved * perDay) + (value - (days * perDay)) + ((Int128)times * (interval.Nanoseconds / (NanosecondsPerSecond / perSecond)));
    }

    /// <summary>An interval without months in units; days have 24 hours.</summary>
    public static Int128 Units(TimeUnit unit, Interval interval)
        => ((Int128)interval.Days * SecondsPerDay * unit.PerSecond()) + (interval.Nanoseconds / (NanosecondsPerSecond / unit.PerSecond()));

    /// <summary>The quotient rounded towards negative infinity.</summary>
    public static Int128 DivideDown(Int128 value, Int128 divisor)
    {
        (Int128 quotient, Int128 rest) = Int128.DivRem(value, divisor);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
