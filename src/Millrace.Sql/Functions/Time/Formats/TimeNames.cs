namespace Millrace.Sql.Functions;

/// <summary>The English names of months and days, in ASCII.</summary>
internal static class TimeNames
{
    /// <summary>Length of the longest name of either: September, Wednesday.</summary>
    public const int Longest = 9;

    public static readonly byte[][] Months =
    [
        "January"u8.ToArray(), "February"u8.ToArray(), "March"u8.ToArray(), "April"u8.ToArray(), "May"u8.ToArray(), "June"u8.ToArray(),
        "July"u8.ToArray(), "August"u8.ToArray(), "September"u8.ToArray(), "October"u8.ToArray(), "November"u8.ToArray(), "December"u8.ToArray(),
    ];

    /// <summary>From Sunday on.</summary>
    public static readonly byte[][] Days =
    [
        "Sunday"u8.ToArray(), "Monday"u8.ToArray(), "Tuesday"u8.ToArray(), "Wednesday"u8.ToArray(), "Thursday"u8.ToArray(), "Friday"u8.ToArray(), "Saturday"u8.ToArray(),
    ];

    public static readonly byte[][] RomanMonths =
    [
        "I"u8.ToArray(), "II"u8.ToArray(), "III"u8.ToArray(), "IV"u8.ToArray(), "V"u8.ToArray(), "VI"u8.ToArray(),
        "VII"u8.ToArray(), "VIII"u8.ToArray(), "IX"u8.ToArray(), "X"u8.ToArray(), "XI"u8.ToArray(), "XII"u8.ToArray(),
    ];
}
