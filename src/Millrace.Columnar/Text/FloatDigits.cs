using System.Globalization;
using System.Numerics;

namespace Millrace.Columnar;

/// <summary>Tells whether a double still has the digits of the text that it was read from.</summary>
internal static class FloatDigits
{
    // No double has more significant digits, so a text with more is of none.
    private const int MostDigits = 767;

    private const int MantissaBits = 52;

    /// <summary>Whether the double, rounded to as many significant digits as the text has, gives those digits.</summary>
    /// <param name="text">A number that is not a name.</param>
    /// <param name="magnitude">The nearest double without its sign.</param>
    /// <param name="mantissa">The digits of the text, which are at most 19.</param>
    /// <param name="exponent">The power of ten that they are multiplied with.</param>
    public static bool AreKept(ReadOnlySpan<byte> text, double magnitude, ulong mantissa, int exponent)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(magnitude);
        int power = (int)(bits >> MantissaBits);
        int shift = 1023 + MantissaBits - power;
        int decimals = -exponent;
        if (power > 0 && (uint)decimals < (uint)Digits.Powers.Length && shift > 0 && shift <= BitOperations.LeadingZeroCount(mantissa) + 64)
        {
            // Both as multiples of 2^-shift · 10^-decimals; they may differ by half a unit of the last digit.
            ulong fraction = (bits & ((1UL << MantissaBits) - 1)) | (1UL << MantissaBits);
            UInt128 kept = (UInt128)fraction * Digits.Powers[decimals];
            UInt128 given = (UInt128)mantissa << shift;
            if ((kept > given ? kept - given : given - kept) <= UInt128.One << (shift - 1))
            {
                return true;
            }

            if (mantissa % 10 != 0)
            {
                return false;
            }
        }

        return AreKept(text, magnitude);
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
