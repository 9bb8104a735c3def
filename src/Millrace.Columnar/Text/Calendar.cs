using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>The proleptic Gregorian calendar as days since 1970-01-01. Year 0 is 1 BC.</summary>
public static class Calendar
{
    // Days from 0000-03-01, where a cycle of leap years begins, to 1970-01-01.
    private const int EpochFromMarch = 719_468;
    private const int DaysPerEra = 146_097;
    private const int YearsPerEra = 400;

    private static ReadOnlySpan<byte> MonthLengths => [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLeapYear(int year) => (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(int year, int month, int day)
        => (uint)(month - 1) < 12 && (uint)(day - 1) < MonthLengths[month] + (month == 2 && IsLeapYear(year) ? 1u : 0);

    /// <summary>Day number of a valid date.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ToDays(int year, int month, int day)
    {
        // The year begins in March, so that the leap day is its last.
        int shifted = year - (month <= 2 ? 1 : 0);
        long era = (shifted >= 0 ? shifted : shifted - (YearsPerEra - 1)) / YearsPerEra;
        uint yearOfEra = (uint)(shifted - (era * YearsPerEra));
        uint dayOfYear = (((153 * (uint)(month + (month > 2 ? -3 : 9))) + 2) / 5) + (uint)day - 1;
        return (era * DaysPerEra) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - EpochFromMarch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Year, int Month, int Day) FromDays(long days)
    {
        long shifted = days + EpochFromMarch;
        long era = (shifted >= 0 ? shifted : shifted - (DaysPerEra - 1)) / DaysPerEra;
        uint dayOfEra = (uint)(shifted - (era * DaysPerEra));
        uint yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        uint dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        uint monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        uint day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        uint month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return ((int)((era * YearsPerEra) + yearOfEra) + (month <= 2 ? 1 : 0), (int)month, (int)day);
    }
}
