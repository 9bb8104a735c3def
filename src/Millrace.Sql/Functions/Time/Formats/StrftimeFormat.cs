using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>The patterns of strftime: <c>%Y-%m-%d %H:%M:%S</c>. A minus behind the percent sign takes padding away.</summary>
internal static class StrftimeFormat
{
    private static readonly Dictionary<char, TimeToken[]> Patterns = new()
    {
        ['Y'] = [new(TimeTokenKind.Year, 4)],
        ['y'] = [new(TimeTokenKind.Year, 2)],
        ['C'] = [new(TimeTokenKind.Century, 2)],
        ['G'] = [new(TimeTokenKind.IsoYear, 4)],
        ['m'] = [new(TimeTokenKind.Month, 2)],
        ['B'] = [new(TimeTokenKind.MonthName)],
        ['b'] = [new(TimeTokenKind.MonthName) { Short = true }],
        ['h'] = [new(TimeTokenKind.MonthName) { Short = true }],
        ['d'] = [new(TimeTokenKind.Day, 2)],
        ['e'] = [new(TimeTokenKind.Day, 2) { SpacePadded = true }],
        ['j'] = [new(TimeTokenKind.DayOfYear, 3)],
        ['A'] = [new(TimeTokenKind.WeekdayName)],
        ['a'] = [new(TimeTokenKind.WeekdayName) { Short = true }],
        ['w'] = [new(TimeTokenKind.WeekdayFromZero, 1)],
        ['u'] = [new(TimeTokenKind.IsoWeekday, 1)],
        ['U'] = [new(TimeTokenKind.SundayWeek, 2)],
        ['W'] = [new(TimeTokenKind.MondayWeek, 2)],
        ['V'] = [new(TimeTokenKind.IsoWeek, 2)],
        ['H'] = [new(TimeTokenKind.Hour24, 2)],
        ['k'] = [new(TimeTokenKind.Hour24, 2) { SpacePadded = true }],
        ['I'] = [new(TimeTokenKind.Hour12, 2)],
        ['l'] = [new(TimeTokenKind.Hour12, 2) { SpacePadded = true }],
        ['M'] = [new(TimeTokenKind.Minute, 2)],
        ['S'] = [new(TimeTokenKind.Second, 2)],
        ['g'] = [new(TimeTokenKind.Fraction, 3)],
        ['f'] = [new(TimeTokenKind.Fraction, 6)],
        ['n'] = [new(TimeTokenKind.Fraction, 9)],
        ['s'] = [new(TimeTokenKind.EpochSeconds, 1)],
        ['p'] = [new(TimeTokenKind.Meridiem) { Case = NameCase.Upper }],
        ['z'] = [new(TimeTokenKind.OffsetDigits)],
        ['Z'] = [new(TimeTokenKind.ZoneName) { Case = NameCase.Upper }],
        ['%'] = [Literal("%")],
        ['F'] = Several("%Y-%m-%d"),
        ['x'] = Several("%Y-%m-%d"),
        ['D'] = Several("%m/%d/%y"),
        ['T'] = Several("%H:%M:%S"),
        ['X'] = Several("%H:%M:%S"),
        ['R'] = Several("%H:%M"),
        ['c'] = Several("%Y-%m-%d %H:%M:%S"),
    };

    /// <summary>Throws <see cref="FormatException"/> with a sentence for the user.</summary>
    public static List<TimeToken> Parse(string format) => Parse(format, Patterns);

    private static List<TimeToken> Parse(string format, Dictionary<char, TimeToken[]> patterns)
    {
        var tokens = new List<TimeToken>();
        for (int at = 0; at < format.Length;)
        {
            if (format[at] != '%')
            {
                int length = char.IsHighSurrogate(format[at]) && at + 1 < format.Length ? 2 : 1;
                tokens.Add(char.IsWhiteSpace(format[at]) ? new(TimeTokenKind.Space) { Text = Encoding.UTF8.GetBytes(format[at..(at + 1)]) } : Literal(format[at..(at + length)]));
                at += length;
                continue;
            }

            at++;
            bool plain = at < format.Length && format[at] == '-';
            at += plain ? 1 : 0;
            if (at == format.Length)
            {
                throw new FormatException("the format ends behind a percent sign.");
            }

            if (!patterns.TryGetValue(format[at], out TimeToken[]? found))
            {
                throw new FormatException($"%{format[at]} is not known.");
            }

            foreach (TimeToken token in found)
            {
                bool strip = plain && token.IsNumber && token.Kind != TimeTokenKind.Fraction && !(token.Kind == TimeTokenKind.Year && token.Width == 2);
                tokens.Add(strip ? token with { Width = 0 } : token);
            }

            at++;
        }

        return tokens;
    }

    private static TimeToken Literal(string text) => new(TimeTokenKind.Literal) { Text = Encoding.UTF8.GetBytes(text) };

    private static TimeToken[] Several(string format) => [.. Parse(format, new Dictionary<char, TimeToken[]>
    {
        ['Y'] = [new(TimeTokenKind.Year, 4)],
        ['y'] = [new(TimeTokenKind.Year, 2)],
        ['m'] = [new(TimeTokenKind.Month, 2)],
        ['d'] = [new(TimeTokenKind.Day, 2)],
        ['H'] = [new(TimeTokenKind.Hour24, 2)],
        ['M'] = [new(TimeTokenKind.Minute, 2)],
        ['S'] = [new(TimeTokenKind.Second, 2)],
    })];
}
