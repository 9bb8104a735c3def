using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Reads a time by a format. One for each text; it says what is wrong by the name of the part.</summary>
internal ref struct TimeReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private long? _year;
    private bool _beforeChrist;
    private long? _century;
    private long? _isoYear;
    private long? _isoWeek;
    private long? _isoDay;
    private long _month = 1;
    private long _day = 1;
    private long? _dayOfYear;
    private long? _julian;
    private long? _epoch;
    private long _hour;
    private bool? _afternoon;
    private bool _twelveHours;
    private long _minute;
    private long _second;
    private long _nanos;
    private long? _secondOfDay;
    private long _zoneHour;
    private long _zoneMinute;
    private bool _zoneNegative;

    /// <summary>Whether the text said how far it is from UTC; then <see cref="OffsetSeconds"/> does.</summary>
    public bool HasOffset { get; private set; }

    public readonly long OffsetSeconds => (_zoneNegative ? -1 : 1) * ((_zoneHour * 3600) + (_zoneMinute * 60));

    /// <param name="format">A format that is prepared.</param>
    /// <param name="defaultYear">Year of texts without one.</param>
    /// <param name="result">The time, by the clock of the text.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Read(TimeFormat format, int defaultYear, out LocalTime result)
    {
        result = default;
        IReadOnlyList<TimeToken> tokens = format.Tokens;
        for (int i = 0; i < tokens.Count; i++)
        {
            bool digitsFollow = i + 1 < tokens.Count && tokens[i + 1].IsNumber;
            if (!TryToken(tokens[i], digitsFollow, format.IsStrftime))
            {
                return $"{Describe(tokens[i])} was expected at {FunctionErrors.Show(_rest)}";
            }
        }

        if (format.IsStrftime && !_rest.Trim((byte)' ').IsEmpty)
        {
            return $"{FunctionErrors.Show(_rest)} is left over";
        }

        return TryMake(defaultYear, out result) ? null : "there is no such day or time";
    }

    private static string Describe(TimeToken token)
        => token.Kind == TimeTokenKind.Literal ? FunctionErrors.Show(token.Text) : token.Kind.ToString().ToLowerInvariant();

    private bool TryToken(TimeToken token, bool digitsFollow, bool strict)
    {
        if (token.Kind == TimeTokenKind.Space)
        {
            SkipSpaces();
            return true;
        }

        if (token.Kind == TimeTokenKind.Literal)
        {
            return TryLiteral(token.Text, strict);
        }

        if (!strict)
        {
            SkipSpaces();
        }

        if (token.IsNumber)
        {
            return TryNumberToken(token, digitsFollow, strict);
        }

        switch (token.Kind)
        {
            case TimeTokenKind.MonthName:
                return TryName(TimeNames.Months, token.Short, out _month) && ++_month > 0;
            case TimeTokenKind.WeekdayName:
                return TryName(TimeNames.Days, token.Short, out _);
            case TimeTokenKind.MonthRoman:
                return TryRoman();
            case TimeTokenKind.Meridiem:
                return TryMarker("am"u8, "pm"u8, out _afternoon);
            case TimeTokenKind.Era:
                bool found = TryMarker("ad"u8, "bc"u8, out bool? before);
                _beforeChrist = before ?? false;
                return found;
            case TimeTokenKind.ZoneName:
                return TryZoneName();
            case TimeTokenKind.ZoneHour:
                HasOffset = true;
                return TrySign(out _zoneNegative) && TryDigits(2, out _zoneHour);
            default:
                return TryOffset();
        }
    }

    private bool TryNumberToken(TimeToken token, bool digitsFollow, bool strict)
    {
        int width = token.Kind switch
        {
            TimeTokenKind.Year or TimeTokenKind.IsoYear => token.Width is 0 or 4 ? (digitsFollow ? 4 : 7) : token.Width,
            TimeTokenKind.DayOfYear or TimeTokenKind.IsoDayOfYear => 3,
            TimeTokenKind.Julian => 8,
            TimeTokenKind.EpochSeconds => 18,
            TimeTokenKind.SecondOfDay => 5,
            TimeTokenKind.Fraction => strict || digitsFollow ? token.Width : 9,
            TimeTokenKind.YearWithComma => 7,
            TimeTokenKind.Quarter or TimeTokenKind.WeekdayFromOne or TimeTokenKind.WeekdayFromZero or TimeTokenKind.IsoWeekday or TimeTokenKind.WeekOfMonth => 1,
            _ => 2,
        };
        if (token.SpacePadded)
        {
            SkipSpaces();
        }

        bool negative = token.Kind is TimeTokenKind.EpochSeconds or TimeTokenKind.Year && strict && !_rest.IsEmpty && _rest[0] == '-';
        _rest = negative ? _rest[1..] : _rest;
        int before = _rest.Length;
        if (!TryDigits(width, out long number))
        {
            return false;
        }

        int digits = before - _rest.Length;
        Keep(token, negative ? -number : number, digits);
        if (token.Kind == TimeTokenKind.YearWithComma && !TryThousands())
        {
            return false;
        }

        if (token.Ordinal != 0)
        {
            _rest = _rest[Math.Min(2, _rest.Length)..];
        }

        return true;
    }

    private void Keep(TimeToken token, long number, int digits)
    {
        switch (token.Kind)
        {
            case TimeTokenKind.Year or TimeTokenKind.YearWithComma:
                _year = token.Width is 1 or 2 or 3 ? Nearest(number, digits) : number;
                break;
            case TimeTokenKind.IsoYear:
                _isoYear = token.Width is 1 or 2 or 3 ? Nearest(number, digits) : number;
                break;
            case TimeTokenKind.Century:
                _century = number;
                break;
            case TimeTokenKind.Month:
                _month = number;
                break;
            case TimeTokenKind.Day:
                _day = number;
                break;
            case TimeTokenKind.DayOfYear:
                _dayOfYear = number;
                break;
            case TimeTokenKind.IsoWeek:
                _isoWeek = number;
                break;
            case TimeTokenKind.IsoWeekday:
                _isoDay = number;
                break;
            case TimeTokenKind.Julian:
                _julian = number;
                break;
            case TimeTokenKind.EpochSeconds:
                _epoch = number;
                break;
            case TimeTokenKind.Hour24:
                _hour = number;
                break;
            case TimeTokenKind.Hour12:
                _hour = number;
                _twelveHours = true;
                break;
            case TimeTokenKind.Minute:
                _minute = number;
                break;
            case TimeTokenKind.Second:
                _second = number;
                break;
            case TimeTokenKind.Fraction:
                for (; digits < 9; digits++)
                {
                    number *= 10;
                }

                _nanos = number;
                break;
            case TimeTokenKind.SecondOfDay:
                _secondOfDay = number;
                break;
            case TimeTokenKind.ZoneMinute:
                _zoneMinute = number;
                break;
        }
    }

    // Short years are those nearest to 2020, as in PostgreSQL.
    private static long Nearest(long number, int digits) => digits switch
    {
        1 => 2020 + number - (number > 5 ? 10 : 0),
        2 => number < 70 ? 2000 + number : 1900 + number,
        3 => number < 520 ? 2000 + number : 1000 + number,
        _ => number,
    };

    private readonly bool TryMake(int defaultYear, out LocalTime result)
    {
        result = default;
        if (_epoch is { } epoch)
        {
            long epochDay = CalendarMoves.FloorDivide(epoch, 86_400);
            result = new LocalTime(epochDay, ((epoch - (epochDay * 86_400)) * LocalTime.NanosPerSecond) + _nanos);
            return Math.Abs(epochDay) <= LocalTime.MaxDays;
        }

        if (!TryDays(defaultYear, out long days))
        {
            return false;
        }

        long hour = _hour;
        if (_twelveHours || _afternoon is not null)
        {
            if (hour > 12 || (_twelveHours && hour == 0))
            {
                return false;
            }

            hour = (hour % 12) + (_afternoon == true ? 12 : 0);
        }

        if (hour > 24 || _minute > 59 || _second > 60 || (hour == 24 && (_minute > 0 || _second > 0)))
        {
            return false;
        }

        long seconds = _secondOfDay ?? (((hour * 60) + _minute) * 60) + _second;
        days += seconds / 86_400;
        result = new LocalTime(days, (seconds % 86_400 * LocalTime.NanosPerSecond) + _nanos);
        return seconds <= 86_400;
    }

    private readonly bool TryDays(int defaultYear, out long days)
    {
        days = 0;
        if (_julian is { } julian)
        {
            days = julian - 2_440_588;
            return true;
        }

        if (_isoYear is { } isoYear && isoYear is > 0 and <= 5_000_000)
        {
            long week = _isoWeek ?? 1;
            long weekday = _isoDay ?? 1;
            long fourth = Calendar.ToDays((int)isoYear, 1, 4);
            days = fourth + 1 - new LocalTime(fourth, 0).IsoDayOfWeek + ((week - 1) * 7) + weekday - 1;
            return week is >= 1 and <= 53 && weekday is >= 1 and <= 7;
        }

        long year = _year ?? (_century is { } century ? ((century - 1) * 100) + 1 : defaultYear);
        year = _beforeChrist ? 1 - year : year;
        if (Math.Abs(year) > 5_000_000)
        {
            return false;
        }

        if (_dayOfYear is { } dayOfYear)
        {
            days = Calendar.ToDays((int)year, 1, 1) + dayOfYear - 1;
            return dayOfYear >= 1 && dayOfYear <= (Calendar.IsLeapYear((int)year) ? 366 : 365);
        }

        if (_month is < 1 or > 12 || !Calendar.IsValid((int)year, (int)_month, (int)_day))
        {
            return false;
        }

        days = Calendar.ToDays((int)year, (int)_month, (int)_day);
        return true;
    }

    private bool TryLiteral(ReadOnlySpan<byte> literal, bool strict)
    {
        if (_rest.StartsWith(literal))
        {
            _rest = _rest[literal.Length..];
            return true;
        }

        // PostgreSQL takes one separator for another, or none.
        bool separator = !strict && literal.Length == 1 && !char.IsAsciiLetterOrDigit((char)literal[0]) && literal[0] < 0x80;
        if (separator && !_rest.IsEmpty && _rest[0] < 0x80 && !char.IsAsciiLetterOrDigit((char)_rest[0]) && _rest[0] is not ((byte)'+' or (byte)'-' or (byte)' '))
        {
            _rest = _rest[1..];
        }

        return separator;
    }

    private bool TryDigits(int most, out long number)
    {
        number = 0;
        int digits = 0;
        while (digits < most && digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]))
        {
            number = (number * 10) + _rest[digits++] - '0';
        }

        _rest = _rest[digits..];
        return digits > 0;
    }

    private bool TryThousands()
    {
        if (_rest.IsEmpty || _rest[0] != ',')
        {
            return true;
        }

        _rest = _rest[1..];
        int before = _rest.Length;
        bool read = TryDigits(3, out long thousands) && before - _rest.Length == 3;
        _year = (_year * 1000) + thousands;
        return read;
    }

    private bool TryName(byte[][] names, bool isShort, out long index)
    {
        for (int i = 0; i < names.Length; i++)
        {
            ReadOnlySpan<byte> name = isShort ? names[i].AsSpan(0, 3) : names[i];
            if (_rest.Length >= name.Length && Ascii.EqualsIgnoreCase(_rest[..name.Length], name))
            {
                _rest = _rest[name.Length..];
                index = i;
                return true;
            }
        }

        index = 0;
        return false;
    }

    private bool TryRoman()
    {
        // The longest that fits: VIII before VII.
        int best = -1;
        for (int i = 0; i < TimeNames.RomanMonths.Length; i++)
        {
            byte[] name = TimeNames.RomanMonths[i];
            bool fits = _rest.Length >= name.Length && Ascii.EqualsIgnoreCase(_rest[..name.Length], name);
            best = fits && (best < 0 || name.Length > TimeNames.RomanMonths[best].Length) ? i : best;
        }

        _rest = best < 0 ? _rest : _rest[TimeNames.RomanMonths[best].Length..];
        _month = best + 1;
        return best >= 0;
    }

    private bool TryMarker(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out bool? isSecond)
    {
        isSecond = null;
        Span<byte> letters = stackalloc byte[2];
        int at = 0;
        for (int i = 0; i < 2; i++)
        {
            if (at >= _rest.Length)
            {
                return false;
            }

            letters[i] = _rest[at++];
            at += at < _rest.Length && _rest[at] == '.' ? 1 : 0;
        }

        if (Ascii.EqualsIgnoreCase(letters, first) || Ascii.EqualsIgnoreCase(letters, second))
        {
            isSecond = Ascii.EqualsIgnoreCase(letters, second);
            _rest = _rest[at..];
            return true;
        }

        return false;
    }

    private bool TryZoneName()
    {
        foreach (ReadOnlyMemory<byte> name in ZoneNames)
        {
            if (_rest.Length >= name.Length && Ascii.EqualsIgnoreCase(_rest[..name.Length], name.Span))
            {
                _rest = _rest[name.Length..];
                HasOffset = true;
                return true;
            }
        }

        return TryOffset();
    }

    private static readonly ReadOnlyMemory<byte>[] ZoneNames = ["UTC"u8.ToArray(), "GMT"u8.ToArray(), "Z"u8.ToArray()];

    private bool TryOffset()
    {
        HasOffset = true;
        if (!_rest.IsEmpty && _rest[0] is (byte)'Z' or (byte)'z')
        {
            _rest = _rest[1..];
            return true;
        }

        if (_rest.IsEmpty || _rest[0] is not ((byte)'+' or (byte)'-') || !TrySign(out _zoneNegative) || !TryDigits(2, out _zoneHour))
        {
            return false;
        }

        _rest = !_rest.IsEmpty && _rest[0] == ':' ? _rest[1..] : _rest;
        TryDigits(2, out _zoneMinute);
        return _zoneHour <= 15 && _zoneMinute <= 59;
    }

    private bool TrySign(out bool negative)
    {
        negative = !_rest.IsEmpty && _rest[0] == '-';
        if (!_rest.IsEmpty && _rest[0] is (byte)'+' or (byte)'-')
        {
            _rest = _rest[1..];
        }

        return true;
    }

    private void SkipSpaces() => _rest = _rest.TrimStart(" \t\n\r"u8);
}
