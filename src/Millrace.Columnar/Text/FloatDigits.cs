using System.Globalization;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Tells whether a double still has the digits of the text that it was read from.</summary>
internal static class FloatDigits
{
    // No double has more significant digits, so a text with more is of none.
    private const int MostDigits = 767;

    private const int MantissaBits = 52;
    private const int Bias = 1023 + MantissaBits;

    // 5^0 to 5^27, the last one that fits 63 bits.
    private static ReadOnlySpan<ulong> FivePowers =>
    [
        1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125, 244_140_625, 1_220_703_125, 6_103_515_625,
        30_517_578_125, 152_587_890_625, 762_939_453_125, 3_814_697_265_625, 19_073_486_328_125, 95_367_431_640_625, 476_837_158_203_125,
        2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625, 298_023_223_876_953_125, 1_490_116_119_384_765_625,
        7_450_580_596_923_828_125,
    ];

    /// <summary>Whether the double, rounded to as many significant digits as the text has, gives those digits; half a unit may be rounded either way.</summary>
    /// <param name="text">A number that is not a name.</param>
    /// <param name="magnitude">The nearest double without its sign.</param>
    /// <param name="mantissa">The digits of the text, which are at most 19.</param>
    /// <param name="exponent">The power of ten that they are multiplied with.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreKept(ReadOnlySpan<byte> text, double magnitude, ulong mantissa, int exponent)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(magnitude);
        int power = (int)(bits >> MantissaBits);
        int decimals = -exponent;
        int shift = Bias - power - decimals;
        if (power > 0 && (uint)decimals < (uint)FivePowers.Length && shift > 0)
        {
            // fraction * 5^decimals and mantissa * 2^shift differ by at most 5^decimals / 2, since the double is the nearest
            // one: their low 64 bits tell the difference. It may be half of what one more in the last digit makes, 2^shift.
            ulong fraction = (bits & ((1UL << MantissaBits) - 1)) | (1UL << MantissaBits);
            long difference = (long)((fraction * FivePowers[decimals]) - (shift < 64 ? mantissa << shift : 0));
            if (shift >= 64 || Math.Abs(difference) <= 1L << (shift - 1))
            {
                return true;
            }
        }

        return AreKeptOtherwise(text, magnitude, mantissa);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreKeptOtherwise(ReadOnlySpan<byte> text, double magnitude, ulong mantissa)
        => (magnitude != 0 && double.IsFinite(magnitude) && WithoutZeros(ShortestDecimal.Compute(magnitude, out _)) == WithoutZeros(mantissa))
            || AreKept(text, magnitude);

    private static ulong WithoutZeros(ulong digits)
    {
        while (digits != 0 && digits % 10 == 0)
        {
            digits /= 10;
        }

        return digits;
    }

    /// <summary>The same for a text of any number of digits.</summary>
    public static bool AreKept(ReadOnlySpan<byte> text, double magnitude)
    {
        int end = text.IndexOfAny((byte)'e', (byte)'E');
        text = end < 0 ? text : text[..end];
        int first = text.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
        {
            return true;
        }

        text = text[first..(text.LastIndexOfAnyInRange((byte)'1', (byte)'9') + 1)];
        int point = text.IndexOf((byte)'.');
        int digits = text.Length - (point < 0 ? 0 : 1);
        if (digits > MostDigits || magnitude == 0)
        {
            return false;
        }

        Span<byte> found = stackalloc byte[MostDigits + 16];
        magnitude.TryFormat(found, out _, $"E{digits - 1}", CultureInfo.InvariantCulture);
        int at = 0;
        foreach (byte c in text)
        {
            if (c == '.')
            {
                continue;
            }

            at += at == 1 ? 1 : 0;
            if (found[at++] != c)
            {
                return false;
            }
        }

        return true;
    }
}
