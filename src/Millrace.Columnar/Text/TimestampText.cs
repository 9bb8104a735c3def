using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Columnar;

/// <summary>
/// Timestamps as UTF-8 in ISO 8601: a date, then <c>T</c> or a blank and a time (midnight without), then perhaps a zone:
/// <c>Z</c>, <c>UTC</c>, <c>+02</c>, <c>+0200</c>, <c>+02:00</c>.
/// </summary>
public static class TimestampText
{
    /// <summary>Bytes of the longest formatted timestamp.</summary>
    public const int MaxLength = 44;

    private const int SecondsPerDay = 86_400;
    private const int PlainDateLength = 10;

    /// <summary>
    /// Reads a timestamp. For an instant the zone's offset is taken off, and a text without a zone counts as UTC; for
    /// wall-clock time a zone is read and left out, as PostgreSQL does.
    /// </summary>
    /// <param name="text">Only the timestamp.</param>
    /// <param name="unit">The unit of the result.</param>
    /// <param name="instant">Whether the offset of a zone is taken off.</param>
    /// <param name="value">Units since 1970-01-01T00:00:00.</param>
    /// <param name="hasZone">Whether the text named a zone.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> text, TimeUnit unit, bool instant, out long value, out bool hasZone)
    {
        value = 0;
        hasZone = false;
        if (!TryReadDate(text, out int days, out int used))
        {
            return false;
        }

        int seconds = 0;
        int nanos = 0;
        if (text.Length > used)
        {
            if (text[used] is not ((byte)'T' or (byte)' ' or (byte)'t') || !TimeText.TryRead(text[(used + 1)..], out seconds, out nanos, out int timeUsed))
            {
                return false;
            }

            used += 1 + timeUsed;
            if (used < text.Length)
            {
                hasZone = true;
                if (!TryReadZone(text[used..], out int offset))
                {
                    return false;
                }

                seconds -= instant ? offset : 0;
            }
        }

        return TryCombine((days * (long)SecondsPerDay) + seconds, TimeText.ToUnit(nanos, unit), unit.PerSecond(), out value);
    }

    /// <summary>
    /// Writes a timestamp, with <c>Z</c> when it is an instant, and returns its length; <paramref name="target"/> holds at
    /// least <see cref="MaxLength"/> bytes.
    /// </summary>
    public static int Format(long value, TimeUnit unit, bool instant, Span<byte> target, byte separator = (byte)'T')
    {
        long perDay = SecondsPerDay * unit.PerSecond();
        (long days, long time) = Math.DivRem(value, perDay);
        if (time < 0)
        {
            time += perDay;
            days--;
        }

        int at = DateText.Format(days, target);
        target[at++] = separator;
        at += TimeText.Format(time, unit, target[at..]);
        if (instant)
        {
            target[at++] = (byte)'Z';
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadDate(ReadOnlySpan<byte> text, out int days, out int used)
    {
        used = PlainDateLength;
        if (text.Length >= PlainDateLength && text[0] is not ((byte)'-' or (byte)'+'))
        {
            return DateText.TryParsePlain(ref MemoryMarshal.GetReference(text), out days);
        }

        used = text.IndexOfAny((byte)'T', (byte)'t', (byte)' ');
        used = used < 0 ? text.Length : used;
        return DateText.TryParse(text[..used], out days);
    }

    // Only nanoseconds, and years of more than four digits, come near the ends of a long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCombine(long seconds, long fraction, long perSecond, out long value)
    {
        const long safeSeconds = 9_223_372_035;
        if ((ulong)(seconds + safeSeconds) <= 2 * safeSeconds)
        {
            value = (seconds * perSecond) + fraction;
            return true;
        }

        Int128 whole = ((Int128)seconds * perSecond) + fraction;
        value = (long)whole;
        return value == whole;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out int offsetSeconds)
    {
        offsetSeconds = 0;
        if (text.Length == 1 && (text[0] | 0x20) == 'z')
        {
            return true;
        }

        if (text[0] == ' ')
        {
            text = text[1..];
        }

        if (Ascii.EqualsIgnoreCase(text, "UTC"u8) || Ascii.EqualsIgnoreCase(text, "Z"u8))
        {
            return true;
        }

        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || !Digits.TryParse(text.Slice(1, 2), out ulong hours))
        {
            return false;
        }

        ulong minutes = 0;
        if (text.Length > 3 && (!Digits.TryParse(text[^2..], out minutes) || (text.Length == 6 && text[3] != ':')))
        {
            return false;
        }

        int seconds = (int)((hours * 3600) + (minutes * 60));
        offsetSeconds = text[0] == '-' ? -seconds : seconds;
        return hours < 24 && minutes < 60;
    }
}
