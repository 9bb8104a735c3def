using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Writes a time by a format.</summary>
internal static class TimeWriter
{
    public static void Write(LocalTime time, IReadOnlyList<TimeToken> tokens, ReadOnlySpan<byte> zone, ByteBuffer target)
    {
        (int Year, int Month, int Day) date = time.Date;
        for (int i = 0; i < tokens.Count; i++)
        {
            Write(time, date, tokens[i], zone, target);
        }
    }

    private static void Write(LocalTime time, (int Year, int Month, int Day) date, TimeToken token, ReadOnlySpan<byte> zone, ByteBuffer target)
    {
        switch (token.Kind)
        {
            case TimeTokenKind.Literal or TimeTokenKind.Space:
                target.Write(token.Text);
                break;
            case TimeTokenKind.MonthName:
                Name(TimeNames.Months[date.Month - 1], token, target);
                break;
            case TimeTokenKind.WeekdayName:
                Name(TimeNames.Days[time.DayOfWeek], token, target);
                break;
            case TimeTokenKind.MonthRoman:
                Name(TimeNames.RomanMonths[date.Month - 1], token with { Case = token.Case == NameCase.Lower ? NameCase.Lower : NameCase.Upper }, target);
                break;
            case TimeTokenKind.Meridiem:
                Marker(time.Hour < 12 ? "AM"u8 : "PM"u8, token, target);
                break;
            case TimeTokenKind.Era:
                Marker(date.Year > 0 ? "AD"u8 : "BC"u8, token, target);
                break;
            case TimeTokenKind.ZoneName:
                Name(zone, token with { Case = token.Case == NameCase.Lower ? NameCase.Lower : NameCase.Upper }, target);
                break;
            case TimeTokenKind.Fraction:
                Number(Fraction(time.NanoOfSecond, token.Width), token, target);
                break;
            case TimeTokenKind.YearWithComma:
                Number(Shown(date.Year) / 1000, token, target);
                target.Write((byte)',');
                Number(Math.Abs(Shown(date.Year) % 1000), token with { Width = 3 }, target);
                break;
            case TimeTokenKind.ZoneHour:
                Sign(time.OffsetSeconds, target);
                Number(Math.Abs(time.OffsetSeconds) / 3600, token with { Width = 2 }, target);
                break;
            case TimeTokenKind.Offset or TimeTokenKind.OffsetDigits:
                Offset(time.OffsetSeconds, token.Kind == TimeTokenKind.Offset, target);
                break;
            default:
                Number(NumberOf(time, date, token), token, target);
                break;
        }
    }

    private static long NumberOf(LocalTime time, (int Year, int Month, int Day) date, TimeToken token) => token.Kind switch
    {
        TimeTokenKind.Year => LastDigits(Shown(date.Year), token.Width),
        TimeTokenKind.IsoYear => LastDigits(Shown(time.IsoWeek.Year), token.Width),
        TimeTokenKind.Month => date.Month,
        TimeTokenKind.Day => date.Day,
        TimeTokenKind.DayOfYear => time.DayOfYear,
        TimeTokenKind.IsoDayOfYear => ((time.IsoWeek.Week - 1) * 7) + time.IsoDayOfWeek,
        TimeTokenKind.WeekdayFromOne => time.DayOfWeek + 1,
        TimeTokenKind.WeekdayFromZero => time.DayOfWeek,
        TimeTokenKind.IsoWeekday => time.IsoDayOfWeek,
        TimeTokenKind.WeekOfMonth => ((date.Day - 1) / 7) + 1,
        TimeTokenKind.WeekOfYear => ((time.DayOfYear - 1) / 7) + 1,
        TimeTokenKind.IsoWeek => time.IsoWeek.Week,
        TimeTokenKind.SundayWeek => (time.DayOfYear + 6 - time.DayOfWeek) / 7,
        TimeTokenKind.MondayWeek => (time.DayOfYear + 7 - time.IsoDayOfWeek) / 7,
        TimeTokenKind.Century => date.Year > 0 ? (date.Year + 99) / 100 : -((99 - (date.Year - 1)) / 100),
        TimeTokenKind.Julian => time.Days + 2_440_588,
        TimeTokenKind.Quarter => ((date.Month - 1) / 3) + 1,
        TimeTokenKind.Hour24 => time.Hour,
        TimeTokenKind.Hour12 => time.Hour % 12 == 0 ? 12 : time.Hour % 12,
        TimeTokenKind.Minute => time.Minute,
        TimeTokenKind.Second => time.Second,
        TimeTokenKind.SecondOfDay => time.SecondOfDay,
        TimeTokenKind.EpochSeconds => (time.Days * 86_400) + time.SecondOfDay - time.OffsetSeconds,
        _ => Math.Abs(time.OffsetSeconds) / 60 % 60,
    };

    // Years before 1 are counted from 1 BC back.
    private static int Shown(int year) => year > 0 ? year : 1 - year;

    private static long LastDigits(long year, int digits) => digits switch
    {
        1 => year % 10,
        2 => year % 100,
        3 => year % 1000,
        _ => year,
    };

    private static long Fraction(int nanos, int digits)
    {
        for (int i = digits; i < 9; i++)
        {
            nanos /= 10;
        }

        return nanos;
    }

    private static void Number(long number, TimeToken token, ByteBuffer target)
    {
        Span<byte> digits = stackalloc byte[IntegerText.MaxLength];
        int length = IntegerText.Format(Math.Abs(number), digits);
        if (number < 0)
        {
            target.Write((byte)'-');
        }

        for (int i = length; i < token.Width; i++)
        {
            target.Write(token.SpacePadded ? (byte)' ' : (byte)'0');
        }

        target.Write(digits[..length]);
        if (token.Ordinal != 0)
        {
            ReadOnlySpan<byte> ending = (Math.Abs(number) % 100, Math.Abs(number) % 10) switch
            {
                (11 or 12 or 13, _) => "th"u8,
                (_, 1) => "st"u8,
                (_, 2) => "nd"u8,
                (_, 3) => "rd"u8,
                _ => "th"u8,
            };
            Cased(ending, token.Ordinal == 1 ? NameCase.Upper : NameCase.Lower, target);
        }
    }

    private static void Name(ReadOnlySpan<byte> name, TimeToken token, ByteBuffer target)
    {
        ReadOnlySpan<byte> shown = token.Short ? name[..3] : name;
        Cased(shown, token.Case, target);
        for (int i = shown.Length; token.Padded && i < TimeNames.Longest; i++)
        {
            target.Write((byte)' ');
        }
    }

    private static void Marker(ReadOnlySpan<byte> letters, TimeToken token, ByteBuffer target)
    {
        NameCase style = token.Case == NameCase.Lower ? NameCase.Lower : NameCase.Upper;
        for (int i = 0; i < letters.Length; i++)
        {
            Cased(letters.Slice(i, 1), style, target);
            if (token.Short)
            {
                target.Write((byte)'.');
            }
        }
    }

    private static void Cased(ReadOnlySpan<byte> text, NameCase style, ByteBuffer target)
    {
        Span<byte> at = target.GetSpan(text.Length);
        switch (style)
        {
            case NameCase.Upper:
                Ascii.ToUpper(text, at, out _);
                break;
            case NameCase.Lower:
                Ascii.ToLower(text, at, out _);
                break;
            default:
                text.CopyTo(at);
                break;
        }

        target.Advance(text.Length);
    }

    private static void Sign(int offset, ByteBuffer target) => target.Write(offset < 0 ? (byte)'-' : (byte)'+');

    private static void Offset(int seconds, bool brief, ByteBuffer target)
    {
        Sign(seconds, target);
        var two = new TimeToken(TimeTokenKind.ZoneMinute, 2);
        int minutes = Math.Abs(seconds) / 60;
        Number(minutes / 60, two, target);
        if (brief && minutes % 60 != 0)
        {
            target.Write((byte)':');
        }

        if (!brief || minutes % 60 != 0)
        {
            Number(minutes % 60, two, target);
        }
    }
}
