using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>
/// Times of day as UTF-8 in ISO 8601: <c>HH:mm</c>, <c>HH:mm:ss</c>, <c>HH:mm:ss.fffffffff</c>. Digits of a second beyond
/// the unit round the value, halves up, and those beyond nanoseconds are cut. A fraction is written without zeros at its end.
/// </summary>
public static class TimeText
{
    /// <summary>Bytes of the longest formatted time.</summary>
    public const int MaxLength = 18;

    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosDigits = 9;
    private const int SecondsPerDay = 86_400;

    /// <param name="text">Only the time.</param>
    /// <param name="unit">The unit of the result.</param>
    /// <param name="value">Units since midnight.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeUnit unit, out long value)
    {
        if (!TryRead(text, out int seconds, out int nanos, out int used) || used != text.Length)
        {
            value = 0;
            return false;
        }

        value = (seconds * unit.PerSecond()) + ToUnit(nanos, unit);
        return value < SecondsPerDay * unit.PerSecond();
    }

    /// <summary>Writes a time and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes. A value outside the day is taken modulo a day.</summary>
    public static int Format(long value, TimeUnit unit, Span<byte> target)
    {
        long perSecond = unit.PerSecond();
        long perDay = SecondsPerDay * perSecond;
        if ((ulong)value >= (ulong)perDay)
        {
            value = ((value % perDay) + perDay) % perDay;
        }

        (long seconds, long fraction) = Math.DivRem(value, perSecond);
        (int minutes, int second) = Math.DivRem((int)seconds, 60);
        (int hour, int minute) = Math.DivRem(minutes, 60);
        TwoDigits.Write(hour, target);
        target[2] = (byte)':';
        TwoDigits.Write(minute, target[3..]);
        target[5] = (byte)':';
        TwoDigits.Write(second, target[6..]);
        return fraction == 0 ? 8 : 8 + FormatFraction((uint)fraction, unit.Digits(), target[8..]);
    }

    /// <summary>Reads a time from the start of a text that may go on, as with a zone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRead(ReadOnlySpan<byte> text, out int seconds, out int nanos, out int used)
    {
        nanos = 0;
        used = 8;
        if (text.Length < 8)
        {
            return TryReadMinutes(text, out seconds, out used);
        }

        // HH:mm:ss with the colons turned into zeros is the number HH0mm0ss.
        const ulong colons = 0x0000_3A00_003A_0000, colonMask = 0x0000_FF00_00FF_0000, zeros = 0x0000_3000_0030_0000;
        ulong word = Digits.Load8(ref MemoryMarshal.GetReference(text));
        ulong number = (word & ~colonMask) | zeros;
        if ((word & colonMask) != colons || !Digits.AreDigits(number))
        {
            return TryReadMinutes(text, out seconds, out used);
        }

        uint digits = Digits.Combine(number);
        uint hour = digits / 1_000_000;
        uint minute = digits / 1000 % 1000;
        uint second = digits % 1000;
        seconds = (int)((((hour * 60) + minute) * 60) + second);
        bool ok = hour < 24 & minute < 60 & second < 60;
        if (text.Length > 8 && text[8] is (byte)'.' or (byte)',')
        {
            if (TryReadRest(text, out nanos, out used))
            {
                return ok;
            }

            ok &= TryReadFraction(text[9..], out nanos, out int digitsUsed);
            used = 9 + digitsUsed;
        }

        return ok;
    }

    /// <summary>Nanoseconds of a second in another unit, halves up; may reach a whole second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long ToUnit(int nanos, TimeUnit unit) => unit switch
    {
        TimeUnit.Nanosecond => nanos,
        TimeUnit.Microsecond => (uint)(nanos + 500) / 1000,
        TimeUnit.Millisecond => (uint)(nanos + 500_000) / 1_000_000,
        _ => (uint)(nanos + 500_000_000) / NanosPerSecond,
    };

    // Without seconds: HH:mm.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadMinutes(ReadOnlySpan<byte> text, out int seconds, out int used)
    {
        seconds = 0;
        used = 5;
        if (text.Length < 5 || text[2] != ':' || !Digits.TryParse(text[..2], out ulong hour) || !Digits.TryParse(text.Slice(3, 2), out ulong minute))
        {
            return false;
        }

        seconds = (int)(((hour * 60) + minute) * 60);
        return hour < 24 && minute < 60 && (text.Length == 5 || text[5] != ':');
    }

    // A fraction of at most eight digits up to the end of the text, or to the Z there: the last word of it, its head made zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadRest(ReadOnlySpan<byte> text, out int nanos, out int used)
    {
        used = text.Length - ((text[^1] | 0x20) == 'z' ? 1 : 0);
        int digits = used - 9;
        if ((uint)(digits - 1) >= 8)
        {
            nanos = 0;
            return false;
        }

        ulong kept = ulong.MaxValue << (8 * (8 - digits));
        ulong word = (Digits.Load8(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), used - 8)) & kept) | (0x3030_3030_3030_3030 & ~kept);
        nanos = (int)(Digits.Combine(word) * Digits.Powers[NanosDigits - digits]);
        return Digits.AreDigits(word);
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> text, out int nanos, out int used)
    {
        ulong value = 0;
        used = 0;
        while (used < text.Length && text[used] - (uint)'0' <= 9)
        {
            if (used < NanosDigits)
            {
                value = (value * 10) + text[used] - '0';
            }

            used++;
        }

        nanos = (int)(value * Digits.Powers[Math.Max(NanosDigits - used, 0)]);
        return used > 0;
    }

    private static int FormatFraction(uint fraction, int digits, Span<byte> target)
    {
        while (fraction % 1000 == 0)
        {
            fraction /= 1000;
            digits -= 3;
        }

        while (fraction % 10 == 0)
        {
            fraction /= 10;
            digits--;
        }

        target[0] = (byte)'.';
        for (int i = digits; i > 0; i--)
        {
            (fraction, uint digit) = Math.DivRem(fraction, 10);
            target[i] = (byte)('0' + digit);
        }

        return digits + 1;
    }
}
