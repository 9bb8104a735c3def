namespace Millrace.Sql.Functions;

/// <summary>What a token of a time format stands for.</summary>
internal enum TimeTokenKind
{
    Literal,
    Space,
    Year,
    YearWithComma,
    IsoYear,
    Month,
    MonthName,
    MonthRoman,
    Day,
    DayOfYear,
    IsoDayOfYear,
    WeekdayName,

    /// <summary>Sunday is 1.</summary>
    WeekdayFromOne,

    /// <summary>Sunday is 0.</summary>
    WeekdayFromZero,

    /// <summary>Monday is 1.</summary>
    IsoWeekday,
    WeekOfMonth,

    /// <summary>The first week begins on the first day of the year.</summary>
    WeekOfYear,
    IsoWeek,

    /// <summary>Weeks that begin on Sundays; days before the first are in week 0.</summary>
    SundayWeek,

    /// <summary>Weeks that begin on Mondays.</summary>
    MondayWeek,
    Century,
    Julian,
    Quarter,
    Hour24,
    Hour12,
    Minute,
    Second,

    /// <summary>So many digits of the second's fraction.</summary>
    Fraction,
    SecondOfDay,
    EpochSeconds,
    Meridiem,
    Era,
    ZoneName,
    ZoneHour,
    ZoneMinute,

    /// <summary><c>+05:30</c>, without the minutes where they are 0.</summary>
    Offset,

    /// <summary><c>+0530</c></summary>
    OffsetDigits,
}

/// <summary>Case of names.</summary>
internal enum NameCase
{
    Upper,
    Lower,
    Capital,
}

/// <param name="Kind">What it stands for.</param>
/// <param name="Width">Digits of a number: the fewest that are written and, where another number follows at once, the most that are read; 0 for no padding.</param>
internal readonly record struct TimeToken(TimeTokenKind Kind, int Width = 0)
{
    /// <summary>Bytes of a literal.</summary>
    public byte[] Text { get; init; } = [];

    public NameCase Case { get; init; } = NameCase.Capital;

    /// <summary>Whether a name is cut to three letters, or has dots: <c>a.m.</c>.</summary>
    public bool Short { get; init; }

    /// <summary>Whether names are filled with spaces to the longest.</summary>
    public bool Padded { get; init; }

    /// <summary>Whether a number is filled with spaces.</summary>
    public bool SpacePadded { get; init; }

    /// <summary><c>th</c> behind a number: 0 for none, 1 for upper case, 2 for lower.</summary>
    public int Ordinal { get; init; }

    public bool IsNumber => Kind is not (TimeTokenKind.Literal or TimeTokenKind.Space or TimeTokenKind.MonthName or TimeTokenKind.MonthRoman
        or TimeTokenKind.WeekdayName or TimeTokenKind.Meridiem or TimeTokenKind.Era or TimeTokenKind.ZoneName or TimeTokenKind.Offset or TimeTokenKind.OffsetDigits
        or TimeTokenKind.ZoneHour);
}
