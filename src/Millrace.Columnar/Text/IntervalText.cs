using System.Buffers.Text;

namespace Millrace.Columnar;

/// <summary>
/// Intervals as UTF-8: ISO 8601 durations such as <c>P1Y2M3DT4H5M6.5S</c>, each part with a sign of its own where it
/// needs one. Years are 12 months and weeks 7 days; nothing else is carried over.
/// </summary>
public static class IntervalText
{
    /// <summary>Bytes of the longest formatted interval.</summary>
    public const int MaxLength = 64;

    private const long NanosPerSecond = 1_000_000_000;

    public static bool TryParse(ReadOnlySpan<byte> text, out Interval value)
    {
        value = default;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            text = text[1..];
        }

        if (text.Length < 3 || text[0] != 'P' || text[^1] == 'T')
        {
            return false;
        }

        Int128 months = 0;
        Int128 days = 0;
        Int128 nanos = 0;
        bool time = false;
        for (int at = 1; at < text.Length;)
        {
            if (text[at] == 'T' && !time)
            {
                time = true;
                at++;
                continue;
            }

            int end = at + text[at..].IndexOfAnyExcept("+-.0123456789"u8);
            if (end <= at || !DecimalText.TryParse(text[at..end], 27, 9, out Int128 number))
            {
                return false;
            }

            char part = (char)text[end];
            bool fractional = number % NanosPerSecond != 0;
            Int128 whole = number / NanosPerSecond;
            switch (time, part)
            {
                case (false, 'Y') when !fractional: months += whole * 12; break;
                case (false, 'M') when !fractional: months += whole; break;
                case (false, 'W') when !fractional: days += whole * 7; break;
                case (false, 'D') when !fractional: days += whole; break;
                case (true, 'H'): nanos += number * 3600; break;
                case (true, 'M'): nanos += number * 60; break;
                case (true, 'S'): nanos += number; break;
                default: return false;
            }

            at = end + 1;
        }

        (months, days, nanos) = negative ? (-months, -days, -nanos) : (months, days, nanos);
        value = new Interval((int)months, (int)days, (long)nanos);
        return value.Months == months && value.Days == days && value.Nanoseconds == nanos;
    }

    /// <summary>Writes an interval and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(Interval value, Span<byte> target)
    {
        target[0] = (byte)'P';
        int at = 1;
        (int years, int months) = Math.DivRem(value.Months, 12);
        at += Part(years, 'Y', target[at..]);
        at += Part(months, 'M', target[at..]);
        at += Part(value.Days, 'D', target[at..]);
        (long seconds, long nanos) = Math.DivRem(value.Nanoseconds, NanosPerSecond);
        (long minutes, seconds) = Math.DivRem(seconds, 60);
        (long hours, minutes) = Math.DivRem(minutes, 60);
        if (value.Nanoseconds != 0 || at == 1)
        {
            target[at++] = (byte)'T';
            at += Part(hours, 'H', target[at..]);
            at += Part(minutes, 'M', target[at..]);
            if (seconds != 0 || nanos != 0 || value.Nanoseconds == 0)
            {
                at += FormatSeconds(seconds, nanos, target[at..]);
            }
        }

        return at;
    }

    private static int Part(long number, char name, Span<byte> target)
    {
        if (number == 0)
        {
            return 0;
        }

        Utf8Formatter.TryFormat(number, target, out int written);
        target[written] = (byte)name;
        return written + 1;
    }

    private static int FormatSeconds(long seconds, long nanos, Span<byte> target)
    {
        int at = DecimalText.Format((Int128)((seconds * NanosPerSecond) + nanos), 9, target);
        ReadOnlySpan<byte> shortest = target[..at].TrimEnd((byte)'0').TrimEnd((byte)'.');
        target[shortest.Length] = (byte)'S';
        return shortest.Length + 1;
    }
}
