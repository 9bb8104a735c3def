using System.Globalization;

namespace Millrace.Connectors.Postgres;

/// <summary>Text of dates and times as the server writes it with <c>DateStyle</c> ISO.</summary>
internal static class Moments
{
    private const long Day = 86_400_000_000;

    /// <summary>Days since 2000-01-01.</summary>
    public static string Date(int days) => days switch
    {
        int.MaxValue => "infinity",
        int.MinValue => "-infinity",
        _ => Calendar(days, out bool isBefore) + (isBefore ? " BC" : ""),
    };

    /// <summary>Microseconds since 2000-01-01.</summary>
    public static string Timestamp(long time, string zone)
    {
        if (time is long.MaxValue or long.MinValue)
        {
            return time > 0 ? "infinity" : "-infinity";
        }

        long days = Math.DivRem(time, Day, out long rest);
        (days, rest) = rest < 0 ? (days - 1, rest + Day) : (days, rest);
        return $"{Calendar(days, out bool isBefore)} {Time(rest)}{zone}{(isBefore ? " BC" : "")}";
    }

    /// <summary>Microseconds since midnight.</summary>
    public static string Time(long time)
    {
        long seconds = Math.DivRem(time, 1_000_000, out long fraction);
        string text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        return fraction == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}.{fraction:000000}").TrimEnd('0');
    }

    // The calendar of today at all times, counted in eras of 400 years that begin in March.
    private static string Calendar(long days, out bool isBefore)
    {
        const long toMarchOfYearZero = 730_425;
        long shifted = days + toMarchOfYearZero;
        long era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097;
        long ofEra = shifted - (era * 146_097);
        long yearOfEra = (ofEra - (ofEra / 1460) + (ofEra / 36_524) - (ofEra / 146_096)) / 365;
        long ofYear = ofEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long month = ((5 * ofYear) + 2) / 153;
        long day = ofYear - (((153 * month) + 2) / 5) + 1;
        month += month < 10 ? 3 : -9;
        long year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        isBefore = year <= 0;
        return string.Create(CultureInfo.InvariantCulture, $"{(isBefore ? 1 - year : year):0000}-{month:00}-{day:00}");
    }
}
