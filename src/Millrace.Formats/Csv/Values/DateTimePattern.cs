namespace Millrace.Formats.Csv;

/// <summary>
/// A form of dates and times in the notation of <c>strptime</c>: <c>%d.%m.%Y %H:%M</c>. Immutable and thread-safe.
/// </summary>
internal sealed class DateTimePattern
{
    private const string Directives = "YymdHIMSfpbBzj%";

    internal static readonly string[] MonthNames = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private readonly (char Directive, byte Literal)[] _parts;

    private DateTimePattern(string text, (char Directive, byte Literal)[] parts)
    {
        Text = text;
        _parts = parts;
        HasTime = Array.Exists(parts, p => p.Directive is 'H' or 'I');
    }

    public string Text { get; }

    /// <summary>The pattern has an hour.</summary>
    public bool HasTime { get; }

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? FindFault(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] >= 0x80)
            {
                return $"'{pattern[i]}' is not an ASCII character";
            }

            if (pattern[i] != '%')
            {
                continue;
            }

            i++;
            if (i < pattern.Length && pattern[i] == '-')
            {
                i++;
            }

            if (i == pattern.Length || !Directives.Contains(pattern[i]))
            {
                return $"'{pattern[(i == pattern.Length ? i - 1 : i)..]}' does not begin with one of the letters {Directives}";
            }
        }

        bool hasDay = pattern.Contains("%d", StringComparison.Ordinal) || pattern.Contains("%-d", StringComparison.Ordinal) || pattern.Contains("%j", StringComparison.Ordinal);
        bool hasYear = pattern.Contains("%Y", StringComparison.Ordinal) || pattern.Contains("%y", StringComparison.Ordinal);
        return hasYear && hasDay ? null : "a year (%Y, %y) and a day (%d, %j) are needed";
    }

    /// <summary>Reads a pattern that has no fault.</summary>
    public static DateTimePattern Parse(string pattern)
    {
        var parts = new List<(char, byte)>();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%')
            {
                parts.Add(('\0', (byte)pattern[i]));
                continue;
            }

            i += pattern[i + 1] == '-' ? 2 : 1;
            parts.Add(pattern[i] == '%' ? ('\0', (byte)'%') : (pattern[i], (byte)0));
        }

        return new DateTimePattern(pattern, [.. parts]);
    }

    /// <summary>Reads a text of this form.</summary>
    /// <param name="text">The whole value.</param>
    /// <param name="days">Days since 1970-01-01.</param>
    /// <param name="nanos">Nanoseconds since midnight, less the offset of a zone.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out int days, out long nanos)
    {
        var fields = new DateTimeFields();
        int at = 0;
        foreach ((char directive, byte literal) in _parts)
        {
            bool ok = directive == '\0'
                ? at < text.Length && text[at++] == literal
                : TryReadDirective(directive, text, ref at, ref fields);
            if (!ok)
            {
                days = 0;
                nanos = 0;
                return false;
            }
        }

        return fields.TryCombine(out days, out nanos) && at == text.Length;
    }

    /// <summary>Bytes of the longest text that <see cref="Format"/> writes.</summary>
    public int MaxLength => _parts.Length * 10;

    /// <summary>Writes a date and time in this form and returns the length.</summary>
    public int Format(long days, long nanos, Span<byte> target)
    {
        var writer = new DateTimeFormat(days, nanos, target);
        foreach ((char directive, byte literal) in _parts)
        {
            writer.Write(directive, literal);
        }

        return writer.Length;
    }

    private static bool TryReadDirective(char directive, ReadOnlySpan<byte> text, ref int at, ref DateTimeFields fields) => directive switch
    {
        'Y' => TryReadNumber(text, ref at, 4, 4, out fields.Year),
        'y' => TryReadShortYear(text, ref at, out fields.Year),
        'm' => TryReadNumber(text, ref at, 1, 2, out fields.Month),
        'd' => TryReadNumber(text, ref at, 1, 2, out fields.Day),
        'j' => TryReadNumber(text, ref at, 1, 3, out fields.DayOfYear),
        'H' => TryReadNumber(text, ref at, 1, 2, out fields.Hour),
        'I' => TryReadNumber(text, ref at, 1, 2, out fields.Hour) && fields.Hour is >= 1 and <= 12,
        'M' => TryReadNumber(text, ref at, 1, 2, out fields.Minute),
        'S' => TryReadNumber(text, ref at, 1, 2, out fields.Second),
        'f' => TryReadFraction(text, ref at, out fields.Nanos),
        'p' => TryReadHalf(text, ref at, out fields.Half),
        'b' or 'B' => TryReadMonthName(text, ref at, out fields.Month),
        _ => TryReadOffset(text, ref at, out fields.OffsetMinutes),
    };

    private static bool TryReadNumber(ReadOnlySpan<byte> text, ref int at, int least, int most, out int value)
    {
        value = 0;
        int start = at;
        while (at < text.Length && at - start < most && text[at] - (uint)'0' <= 9)
        {
            value = (value * 10) + text[at++] - '0';
        }

        return at - start >= least;
    }

    // POSIX: 69 to 99 are the twentieth century.
    private static bool TryReadShortYear(ReadOnlySpan<byte> text, ref int at, out int value)
    {
        bool ok = TryReadNumber(text, ref at, 2, 2, out value);
        value += value >= 69 ? 1900 : 2000;
        return ok;
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> text, ref int at, out int nanos)
    {
        int start = at;
        bool ok = TryReadNumber(text, ref at, 1, 9, out nanos);
        for (int digits = at - start; digits < 9; digits++)
        {
            nanos *= 10;
        }

        return ok;
    }

    private static bool TryReadHalf(ReadOnlySpan<byte> text, ref int at, out char half)
    {
        half = '\0';
        if (text.Length - at < 2 || (text[at + 1] | 0x20) != 'm')
        {
            return false;
        }

        half = (char)(text[at] | 0x20);
        at += 2;
        return half is 'a' or 'p';
    }

    private static bool TryReadMonthName(ReadOnlySpan<byte> text, ref int at, out int month)
    {
        int start = at;
        while (at < text.Length && (uint)((text[at] | 0x20) - 'a') < 26)
        {
            at++;
        }

        ReadOnlySpan<byte> word = text[start..at];
        for (month = 1; month <= MonthNames.Length; month++)
        {
            string name = MonthNames[month - 1];
            if (word.Length == name.Length || word.Length == 3)
            {
                if (System.Text.Ascii.EqualsIgnoreCase(word, name.AsSpan(0, word.Length)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, ref int at, out int minutes)
    {
        minutes = 0;
        if (at < text.Length && (text[at] | 0x20) == 'z')
        {
            at++;
            return true;
        }

        if (at == text.Length || text[at] is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        bool negative = text[at++] == '-';
        if (!TryReadNumber(text, ref at, 2, 2, out int hours))
        {
            return false;
        }

        int rest = 0;
        if (at < text.Length && text[at] == ':')
        {
            at++;
        }

        if (at < text.Length && !TryReadNumber(text, ref at, 2, 2, out rest))
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (negative ? -1 : 1);
        return hours < 24 && rest < 60;
    }
}
