using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Columnar;

/// <summary>
/// Binary floating point as UTF-8: the nearest value is read, the shortest text that reads back is written. NaN and the
/// infinities are spelled <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>; <c>inf</c> is understood, in any case.
/// </summary>
public static class FloatText
{
    /// <summary>Bytes of the longest formatted value.</summary>
    public const int MaxLength = 32;

    // Whole numbers up to 2^53 and powers of ten up to 10^22 are exact doubles, so one operation on them rounds once.
    private const ulong MaxExactMantissa = 1UL << 53;
    private const int MaxExactPower = 22;
    private const int MaxMantissaDigits = 19;

    // Doubles that are not subnormal keep 15 digits.
    private const ulong AlwaysKeptMantissa = 1_000_000_000_000_000;
    private const int AlwaysKeptPower = 290;

    private static ReadOnlySpan<double> ExactPowers =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>False for anything but a number, and for one that is finite in text and too large for a double.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (!TryScan(text, out ulong mantissa, out int exponent, out bool negative, out bool cut))
        {
            return TryParseName(text, out value);
        }

        return TryRound(text, mantissa, exponent, negative, cut, out value);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out double)"/>
    /// <param name="keepsDigits">Whether the value, rounded to as many significant digits as the text has, gives them: nothing was lost.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value, out bool keepsDigits)
    {
        if (!TryScan(text, out ulong mantissa, out int exponent, out bool negative, out bool cut))
        {
            return keepsDigits = TryParseName(text, out value);
        }

        bool parsed = TryRound(text, mantissa, exponent, negative, cut, out value);
        bool isShort = !cut && mantissa <= AlwaysKeptMantissa && (uint)(exponent + AlwaysKeptPower) <= 2 * AlwaysKeptPower;
        keepsDigits = isShort
            || (parsed && (cut ? FloatDigits.AreKept(text, Math.Abs(value)) : FloatDigits.AreKept(text, Math.Abs(value), mantissa, exponent)));
        return parsed;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out double)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value)
    {
        if (!TryParse(text, out double wide))
        {
            value = 0;
            return false;
        }

        value = (float)wide;

        // A double half-way between two floats, or near the subnormal ones, may itself come of rounding.
        const long halfway = 0x1000_0000, below = 0x1FFF_FFFF;
        long bits = BitConverter.DoubleToInt64Bits(wide);
        if (wide != 0 && ((bits & below) == halfway || Math.Abs(value) < 1.2e-38f))
        {
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        }

        return float.IsFinite(value) || !double.IsFinite(wide);
    }

    /// <summary>Writes a value and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(double value, Span<byte> target)
    {
        const int plainDigits = 17;
        if (value == 0 || !double.IsFinite(value))
        {
            return FormatName(value, target);
        }

        ulong digits = ShortestDecimal.Compute(value, out int ten);
        return FloatLayout.Write(digits, ten, value < 0, plainDigits, target);
    }

    /// <inheritdoc cref="Format(double, Span{byte})"/>
    public static int Format(float value, Span<byte> target)
    {
        const int mantissaBits = 23;
        const int plainDigits = 9;
        uint bits = BitConverter.SingleToUInt32Bits(value);
        int exponent = (int)(bits >> mantissaBits) & 0xFF;
        ulong mantissa = bits & ((1U << mantissaBits) - 1);
        if (exponent == 0xFF || bits << 1 == 0)
        {
            return FormatName(value, target);
        }

        bool closerBelow = mantissa == 0 && exponent > 1;
        mantissa |= exponent == 0 ? 0 : 1UL << mantissaBits;
        int power = Math.Max(exponent, 1) - 127 - mantissaBits;
        ulong digits = ShortestDecimal.Compute(mantissa, power, closerBelow, out int ten);
        return FloatLayout.Write(digits, ten, (int)bits < 0, plainDigits, target);
    }

    // Zeros, infinities and NaN.
    private static int FormatName(double value, Span<byte> target)
    {
        value.TryFormat(target, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }

    // The nearest double of a scanned text.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRound(ReadOnlySpan<byte> text, ulong mantissa, int exponent, bool negative, bool cut, out double value)
    {
        if (!cut)
        {
            if (mantissa <= MaxExactMantissa && (uint)(exponent + MaxExactPower) <= 2 * MaxExactPower)
            {
                value = exponent < 0 ? mantissa / ExactPowers[-exponent] : mantissa * ExactPowers[exponent];
                value = negative ? -value : value;
                return true;
            }

            if (EiselLemire.TryCompute(mantissa, exponent, out double magnitude))
            {
                value = negative ? -magnitude : magnitude;
                return double.IsFinite(value);
            }
        }

        return ParseSlowly(text, out value);
    }

    // The grammar: sign, digits with an optional point and at least one digit, optional exponent. `cut` says that the mantissa holds more digits than were taken.
    private static bool TryScan(ReadOnlySpan<byte> text, out ulong mantissa, out int exponent, out bool negative, out bool cut)
    {
        mantissa = 0;
        exponent = 0;
        cut = false;
        negative = false;
        if (text.Length == 0)
        {
            return false;
        }

        ref byte first = ref MemoryMarshal.GetReference(text);
        int at = 0;
        if (first is (byte)'-' or (byte)'+')
        {
            negative = first == '-';
            at = 1;
        }

        int start = at;
        at = ReadDigits(ref first, at, text.Length, ref mantissa);
        int digits = at - start;
        if (at < text.Length && Unsafe.Add(ref first, at) == '.')
        {
            int fraction = ++at;
            at = ReadDigits(ref first, at, text.Length, ref mantissa);
            exponent = fraction - at;
            digits -= exponent;
        }

        if (digits == 0)
        {
            return false;
        }

        cut = digits > MaxMantissaDigits;
        return at == text.Length || TryReadExponent(text[at..], ref exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDigits(ref byte text, int at, int length, ref ulong value)
    {
        while (length - at >= 8)
        {
            ulong word = Digits.Load8(ref Unsafe.Add(ref text, at));
            if (!Digits.AreDigits(word))
            {
                break;
            }

            value = (value * 100_000_000) + Digits.Combine(word);
            at += 8;
        }

        while (at < length)
        {
            uint digit = Unsafe.Add(ref text, at) - (uint)'0';
            if (digit > 9)
            {
                break;
            }

            value = (value * 10) + digit;
            at++;
        }

        return at;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        if ((text[0] | 0x20) != 'e')
        {
            return false;
        }

        int at = 1;
        bool negative = false;
        if (text.Length > 1 && text[1] is (byte)'-' or (byte)'+')
        {
            negative = text[1] == '-';
            at = 2;
        }

        const int limit = 100_000_000;
        int start = at;
        int power = 0;
        for (; at < text.Length; at++)
        {
            uint digit = text[at] - (uint)'0';
            if (digit > 9)
            {
                return false;
            }

            power = Math.Min((power * 10) + (int)digit, limit);
        }

        exponent += negative ? -power : power;
        return at > start;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ParseSlowly(ReadOnlySpan<byte> text, out double value)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseName(ReadOnlySpan<byte> text, out double value)
    {
        bool negative = text.Length > 0 && text[0] == '-';
        ReadOnlySpan<byte> name = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(name, "nan"u8) && name.Length == text.Length)
        {
            value = double.NaN;
            return true;
        }

        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(name, "infinity"u8) || Ascii.EqualsIgnoreCase(name, "inf"u8);
    }
}
