using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>PostgreSQL's template patterns: <c>YYYY-MM-DD HH24:MI:SS.MS</c>. Letters that are no pattern stand for themselves.</summary>
internal static class PostgresFormat
{
    // The longest come first.
    private static readonly (string Name, TimeToken Token)[] Patterns =
    [
        ("HH24", new(TimeTokenKind.Hour24, 2)),
        ("HH12", new(TimeTokenKind.Hour12, 2)),
        ("HH", new(TimeTokenKind.Hour12, 2)),
        ("MI", new(TimeTokenKind.Minute, 2)),
        ("SSSSS", new(TimeTokenKind.SecondOfDay, 1)),
        ("SSSS", new(TimeTokenKind.SecondOfDay, 1)),
        ("SS", new(TimeTokenKind.Second, 2)),
        ("MS", new(TimeTokenKind.Fraction, 3)),
        ("US", new(TimeTokenKind.Fraction, 6)),
        ("NS", new(TimeTokenKind.Fraction, 9)),
        ("FF1", new(TimeTokenKind.Fraction, 1)),
        ("FF2", new(TimeTokenKind.Fraction, 2)),
        ("FF3", new(TimeTokenKind.Fraction, 3)),
        ("FF4", new(TimeTokenKind.Fraction, 4)),
        ("FF5", new(TimeTokenKind.Fraction, 5)),
        ("FF6", new(TimeTokenKind.Fraction, 6)),
        ("A.M.", new(TimeTokenKind.Meridiem) { Short = true }),
        ("P.M.", new(TimeTokenKind.Meridiem) { Short = true }),
        ("AM", new(TimeTokenKind.Meridiem)),
        ("PM", new(TimeTokenKind.Meridiem)),
        ("B.C.", new(TimeTokenKind.Era) { Short = true }),
        ("A.D.", new(TimeTokenKind.Era) { Short = true }),
        ("BC", new(TimeTokenKind.Era)),
        ("AD", new(TimeTokenKind.Era)),
        ("Y,YYY", new(TimeTokenKind.YearWithComma)),
        ("YYYY", new(TimeTokenKind.Year, 4)),
        ("YYY", new(TimeTokenKind.Year, 3)),
        ("YY", new(TimeTokenKind.Year, 2)),
        ("IYYY", new(TimeTokenKind.IsoYear, 4)),
        ("IYY", new(TimeTokenKind.IsoYear, 3)),
        ("IY", new(TimeTokenKind.IsoYear, 2)),
        ("IDDD", new(TimeTokenKind.IsoDayOfYear, 3)),
        ("ID", new(TimeTokenKind.IsoWeekday, 1)),
        ("IW", new(TimeTokenKind.IsoWeek, 2)),
        ("MONTH", new(TimeTokenKind.MonthName) { Padded = true }),
        ("MON", new(TimeTokenKind.MonthName) { Short = true }),
        ("MM", new(TimeTokenKind.Month, 2)),
        ("DAY", new(TimeTokenKind.WeekdayName) { Padded = true }),
        ("DY", new(TimeTokenKind.WeekdayName) { Short = true }),
        ("DDD", new(TimeTokenKind.DayOfYear, 3)),
        ("DD", new(TimeTokenKind.Day, 2)),
        ("D", new(TimeTokenKind.WeekdayFromOne, 1)),
        ("WW", new(TimeTokenKind.WeekOfYear, 2)),
        ("W", new(TimeTokenKind.WeekOfMonth, 1)),
        ("CC", new(TimeTokenKind.Century, 2)),
        ("J", new(TimeTokenKind.Julian, 1)),
        ("Q", new(TimeTokenKind.Quarter, 1)),
        ("RM", new(TimeTokenKind.MonthRoman)),
        ("TZH", new(TimeTokenKind.ZoneHour)),
        ("TZM", new(TimeTokenKind.ZoneMinute, 2)),
        ("TZ", new(TimeTokenKind.ZoneName)),
        ("OF", new(TimeTokenKind.Offset)),
        ("Y", new(TimeTokenKind.Year, 1)),
        ("I", new(TimeTokenKind.IsoYear, 1)),
    ];

    public static List<TimeToken> Parse(string format)
    {
        var tokens = new List<TimeToken>();
        bool fill = true;
        for (int at = 0; at < format.Length;)
        {
            ReadOnlySpan<char> rest = format.AsSpan(at);
            if (rest[0] == '"')
            {
                at = Quoted(format, at + 1, tokens);
            }
            else if (rest.StartsWith("FM", StringComparison.OrdinalIgnoreCase))
            {
                fill = false;
                at += 2;
            }
            else if (rest.StartsWith("FX", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("TM", StringComparison.OrdinalIgnoreCase))
            {
                at += 2;
            }
            else if (Find(rest) is { } found)
            {
                tokens.Add(Styled(found.Token, rest[..found.Name.Length], rest[found.Name.Length..], fill, out int ordinal));
                at += found.Name.Length + ordinal;
                fill = true;
            }
            else
            {
                int length = char.IsHighSurrogate(rest[0]) && rest.Length > 1 ? 2 : 1;
                tokens.Add(char.IsWhiteSpace(rest[0]) ? new(TimeTokenKind.Space) { Text = Encoding.UTF8.GetBytes(rest[..1].ToString()) } : Literal(rest[..length].ToString()));
                at += length;
            }
        }

        return tokens;
    }

    private static (string Name, TimeToken Token)? Find(ReadOnlySpan<char> rest)
    {
        foreach ((string name, TimeToken token) in Patterns)
        {
            if (rest.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return (name, token);
            }
        }

        return null;
    }

    private static TimeToken Styled(TimeToken token, ReadOnlySpan<char> written, ReadOnlySpan<char> after, bool fill, out int ordinalLength)
    {
        NameCase style = char.IsLower(written[0]) ? NameCase.Lower : written.Length > 1 && char.IsLower(written[1]) ? NameCase.Capital : NameCase.Upper;
        token = token with { Case = style, Padded = token.Padded && fill };
        if (!fill && token.IsNumber && token.Kind != TimeTokenKind.Fraction && !(token.Kind is TimeTokenKind.Year or TimeTokenKind.IsoYear && token.Width < 4))
        {
            token = token with { Width = 0 };
        }

        ordinalLength = 0;
        if (token.IsNumber && after.StartsWith("TH", StringComparison.OrdinalIgnoreCase))
        {
            ordinalLength = 2;
            token = token with { Ordinal = after[0] == 'T' ? 1 : 2 };
        }

        return token;
    }

    private static int Quoted(string format, int at, List<TimeToken> tokens)
    {
        var text = new StringBuilder();
        while (at < format.Length && format[at] != '"')
        {
            at += format[at] == '\\' && at + 1 < format.Length ? 1 : 0;
            text.Append(format[at++]);
        }

        tokens.Add(Literal(text.ToString()));
        return at + 1;
    }

    private static TimeToken Literal(string text) => new(TimeTokenKind.Literal) { Text = Encoding.UTF8.GetBytes(text) };
}
