using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Moves points in time by calendar intervals, as PostgreSQL does: first by months, where a day that the month does not have
/// becomes its last, then by days, then by time.
/// </summary>
internal static class CalendarMoves
{
    // Years that every type of date can hold.
    private const long MaxDays = 2_000_000_000;

    /// <param name="value">In the unit.</param>
    /// <param name="interval">How far.</param>
    /// <param name="sign">1 or -1.</param>
    /// <param name="perSecond">The unit.</param>
    /// <param name="result">In the same unit.</param>
    /// <returns>Whether the result can be held.</returns>
    public static bool TryMove(long value, Interval interval, int sign, long perSecond, out long result)
    {
        long perDay = 86_400 * perSecond;
        Int128 moved = value;
        if (interval.Months != 0 || interval.Days != 0)
        {
            long day = FloorDivide(value, perDay);
            long timeOfDay = value - (day * perDay);
            if (!TryMoveDays(day, interval, sign, out day))
            {
                result = 0;
                return false;
            }

            moved = ((Int128)day * perDay) + timeOfDay;
        }

        long nanosPerUnit = IntervalParts.NanosPerSecond / perSecond;
        moved += FloorDivide(sign * (Int128)interval.Nanoseconds, nanosPerUnit);
        result = (long)moved;
        return result == moved;
    }

    /// <summary>Moves a day by the months and days of an interval.</summary>
    public static bool TryMoveDays(long day, Interval interval, int sign, out long result)
    {
        result = day;
        if (Math.Abs(day) > MaxDays)
        {
            return false;
        }

        if (interval.Months != 0)
        {
            (int year, int month, int dayOfMonth) = Calendar.FromDays(day);
            long months = (year * 12L) + month - 1 + ((long)sign * interval.Months);
            long newYear = FloorDivide(months, 12);
            if (Math.Abs(newYear) > MaxDays / 366)
            {
                return false;
            }

            var newMonth = (int)(months - (newYear * 12)) + 1;
            while (!Calendar.IsValid((int)newYear, newMonth, dayOfMonth))
            {
                dayOfMonth--;
            }

            result = Calendar.ToDays((int)newYear, newMonth, dayOfMonth);
        }

        result += (long)sign * interval.Days;
        return Math.Abs(result) <= MaxDays;
    }

    public static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return quotient * divisor > value ? quotient - 1 : quotient;
    }

    private static Int128 FloorDivide(Int128 value, long divisor)
    {
        if (divisor == 1)
        {
            return value;
        }

        Int128 quotient = value / divisor;
        return quotient * divisor > value ? quotient - 1 : quotient;
    }
}
