using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>The parts of a date and time as a pattern found them.</summary>
internal struct DateTimeFields
{
    private const long NanosPerSecond = 1_000_000_000;

    public int Year;
    public int Month;
    public int Day;

    /// <summary>From 1; 0 where month and day are given.</summary>
    public int DayOfYear;
    public int Hour;
    public int Minute;
    public int Second;
    public int Nanos;
    public int OffsetMinutes;

    /// <summary><c>a</c> or <c>p</c> for clocks of twelve hours, else zero.</summary>
    public char Half;

    public readonly bool TryCombine(out int days, out long nanos)
    {
        int hour = Half == '\0' ? Hour : (Hour % 12) + (Half == 'p' ? 12 : 0);
        nanos = ((((((hour * 60L) + Minute - OffsetMinutes) * 60) + Second) * NanosPerSecond) + Nanos);
        days = 0;
        if (hour >= 24 || Minute >= 60 || Second >= 60)
        {
            return false;
        }

        if (DayOfYear > 0)
        {
            days = (int)Calendar.ToDays(Year, 1, 1) + DayOfYear - 1;
            return DayOfYear <= (Calendar.IsLeapYear(Year) ? 366 : 365);
        }

        if (!Calendar.IsValid(Year, Month, Day))
        {
            return false;
        }

        days = (int)Calendar.ToDays(Year, Month, Day);
        return true;
    }
}
