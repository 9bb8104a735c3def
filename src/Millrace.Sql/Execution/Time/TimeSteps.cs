using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Steps of calendar time on day numbers.</summary>
internal static class TimeSteps
{
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
}
