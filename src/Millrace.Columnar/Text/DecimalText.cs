using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>
/// Exact decimals as UTF-8: sign, digits with an optional point, optional exponent. The value is the number times
/// 10^scale.
/// </summary>
public static class DecimalText
{
    /// <summary>Bytes of the longest formatted decimal: 38 digits, sign, point, and the zero before it.</summary>
    public const int MaxLength = 41;

    private const int MaxExponent = 1_000_000;

    /// <summary>Reads a number that the type holds exactly: digits beyond the scale must be zero.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, int precision, int scale, out Int128 value)
        => TryParse(text, precision, scale, round: false, out value);

    /// <summary>Reads a number and rounds it to the scale, halves away from zero, as PostgreSQL does.</summary>
    public static bool TryParseRounded(ReadOnlySpan<byte> text, int precision, int scale, out Int128 value)
        => TryParse(text, precision, scale, round: true, out value);

    /// <summary>Writes a decimal with all digits of its scale and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(Int128 value, int scale, Span<byte> target)
    {
        int at = 0;
        UInt128 magnitude = DecimalMath.Magnitude(value);
        if (Int128.IsNegative(value))
        {
            target[at++] = (byte)'-';
        }

        if (magnitude <= ulong.MaxValue && scale <= 19)
        {
            (ulong whole, ulong fraction) = Math.DivRem((ulong)magnitude, Digits.Powers[scale]);
            Utf8Formatter.TryFormat(whole, target[at..], out int written);
            at += written;
            if (scale > 0)
            {
                target[at++] = (byte)'.';
                WritePadded(fraction, target.Slice(at, scale));
                at += scale;
            }

            return at;
        }

        return at + FormatWide(magnitude, scale, target[at..]);
    }

    private static int FormatWide(UInt128 magnitude, int scale, Span<byte> target)
    {
        Span<byte> digits = stackalloc byte[40];
        (UInt128 high, UInt128 low) = UInt128.DivRem(magnitude, Digits.Powers[19]);
        (UInt128 top, UInt128 middle) = UInt128.DivRem(high, Digits.Powers[19]);
        digits[0] = (byte)'0';
        digits[1] = (byte)('0' + (int)top);
        WritePadded((ulong)middle, digits.Slice(2, 19));
        WritePadded((ulong)low, digits.Slice(21, 19));
        int first = digits.IndexOfAnyExcept((byte)'0');
        ReadOnlySpan<byte> whole = digits[Math.Min(first < 0 ? digits.Length - 1 : first, digits.Length - scale - 1)..^scale];
        whole.CopyTo(target);
        if (scale == 0)
        {
            return whole.Length;
        }

        target[whole.Length] = (byte)'.';
        digits[^scale..].CopyTo(target[(whole.Length + 1)..]);
        return whole.Length + 1 + scale;
    }

    private static void WritePadded(ulong value, Span<byte> target)
    {
        for (int i = target.Length - 1; i >= 0; i--)
        {
            (value, ulong digit) = Math.DivRem(value, 10);
            target[i] = (byte)('0' + digit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParse(ReadOnlySpan<byte> text, int precision, int scale, bool round, out Int128 value)
    {
        if (TryParseShort(text, scale, out long quick) && DecimalMath.Fits(quick, precision))
        {
            value = quick;
            return true;
        }

        return TryParseAny(text, precision, scale, round, out value);
    }

    // At most 18 digits at the target's scale, at most as many behind the point as the scale, no exponent; anything else is for the general way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseShort(ReadOnlySpan<byte> text, int scale, out long value)
    {
        value = 0;
        ref byte first = ref MemoryMarshal.GetReference(text);
        int length = text.Length;
        if ((uint)(length - 1) >= 19)
        {
            return false;
        }

        bool negative = first == '-';
        if (negative)
        {
            first = ref Unsafe.Add(ref first, 1);
            length--;
        }

        int point = FindPoint(ref first, length);
        int fraction = length - point - 1;
        ulong whole;
        if (point == length)
        {
            if (length is 0 or > 18 || length + scale > 18 || !Digits.TryParse(ref first, length, out whole))
            {
                return false;
            }

            whole *= Digits.Powers[scale];
        }
        else
        {
            if (point == 0 || fraction <= 0 || fraction > scale || point + scale > 18
                || !(Digits.TryParse(ref first, point, out whole) & Digits.TryParse(ref Unsafe.Add(ref first, point + 1), fraction, out ulong part)))
            {
                return false;
            }

            ReadOnlySpan<ulong> powers = Digits.Powers;
            whole = (whole * powers[scale]) + (part * powers[scale - fraction]);
        }

        value = negative ? -(long)whole : (long)whole;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindPoint(ref byte text, int length)
    {
        int at = 0;
        for (; length - at >= 8; at += 8)
        {
            ulong word = Digits.Load8(ref Unsafe.Add(ref text, at)) ^ 0x2E2E2E2E2E2E2E2E;
            ulong zeroBytes = (word - 0x0101010101010101) & ~word & 0x8080808080808080;
            if (zeroBytes != 0)
            {
                return at + (BitOperations.TrailingZeroCount(zeroBytes) >> 3);
            }
        }

        while (at < length && Unsafe.Add(ref text, at) != '.')
        {
            at++;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseAny(ReadOnlySpan<byte> text, int precision, int scale, bool round, out Int128 value)
    {
        value = 0;
        if (!DecimalScan.TryRead(text, out DecimalScan number))
        {
            return false;
        }

        UInt128 magnitude = number.Digits;
        long shift = Math.Clamp((long)number.Exponent, -MaxExponent, MaxExponent) + scale;
        bool exact = !number.DroppedNonZero;
        if (magnitude == 0)
        {
            return exact || round;
        }

        if (shift > 0)
        {
            if (shift > DataType.MaxDecimalPrecision || magnitude > DecimalMath.Max(DataType.MaxDecimalPrecision) / DecimalMath.Power((int)shift))
            {
                return false;
            }

            magnitude *= DecimalMath.Power((int)shift);
        }
        else if (shift < 0)
        {
            if (shift < -DataType.MaxDecimalPrecision)
            {
                magnitude = 0;
                exact = false;
            }
            else
            {
                UInt128 divisor = DecimalMath.Power((int)-shift);
                (UInt128 quotient, UInt128 rest) = UInt128.DivRem(magnitude, divisor);
                exact &= rest == 0;
                magnitude = quotient + (rest >= divisor - rest ? UInt128.One : UInt128.Zero);
            }
        }
        else if (number.FirstDropped >= 5)
        {
            magnitude++;
        }

        value = number.Negative ? -(Int128)magnitude : (Int128)magnitude;
        return (exact || round) && magnitude <= DecimalMath.Max(precision);
    }
}
