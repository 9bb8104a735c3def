using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>
/// The shortest decimal number that reads back as a given binary one, and of those the nearest, by three multiplications
/// with a 128-bit power of ten (R. Giulietti, "The Schubfach way to render doubles", 2020).
/// </summary>
internal static class ShortestDecimal
{
    /// <summary>Finds digits × 10^exponent for a finite double that is not zero, without its sign. Digits may end in zeros.</summary>
    public static ulong Compute(double value, out int exponent)
    {
        const int mantissaBits = 52;
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int power = (int)(bits >> mantissaBits) & 0x7FF;
        ulong mantissa = bits & ((1UL << mantissaBits) - 1);
        bool closerBelow = mantissa == 0 && power > 1;
        mantissa |= power == 0 ? 0 : 1UL << mantissaBits;
        return Compute(mantissa, Math.Max(power, 1) - 1023 - mantissaBits, closerBelow, out exponent);
    }

    /// <summary>Finds digits × 10^exponent for mantissa × 2^power. Digits may end in zeros.</summary>
    /// <param name="mantissa">Not zero, at most 53 bits.</param>
    /// <param name="power">As in the binary number.</param>
    /// <param name="closerBelow">Whether the next number below is nearer than the one above: the mantissa is the least of its power.</param>
    /// <param name="exponent">Power of ten.</param>
    public static ulong Compute(ulong mantissa, int power, bool closerBelow, out int exponent)
    {
        // Numbers up to the half-way points to the neighbours read back; those themselves only if the mantissa is even.
        ulong odd = mantissa & 1;
        ulong middle = 4 * mantissa;
        ulong below = middle - (closerBelow ? 1UL : 2);
        ulong above = middle + 2;

        // floor(log10(2^power)), or of 3/4 of it, and then floor(log2(10^-k)), in fixed point.
        int k = ((power * 1_262_611) - (closerBelow ? 524_031 : 0)) >> 22;
        int shift = power + ((-k * 1_741_647) >> 19) + 1;
        int at = (-k - PowersOfFive.Min) * 2;
        ulong high = PowersOfFive.Table[at];
        ulong low = PowersOfFive.Table[at + 1];
        if (-k is < PowersOfFive.FirstNotBelow or > PowersOfFive.LastNotBelow)
        {
            low++;
            high += low == 0 ? 1UL : 0;
        }

        ulong lower = Scale(high, low, below << shift) + odd;
        ulong value = Scale(high, low, middle << shift);
        ulong upper = Scale(high, low, above << shift) - odd;

        // All three in quarters of 10^k: first with one digit less, then with all of them.
        ulong whole = value / 4;
        if (whole >= 10)
        {
            ulong tens = whole / 10;
            bool downFits = lower <= 40 * tens;
            bool upFits = (40 * tens) + 40 <= upper;
            if (downFits != upFits)
            {
                exponent = k + 1;
                return tens + (upFits ? 1UL : 0);
            }
        }

        exponent = k;
        bool thisFits = lower <= 4 * whole;
        bool nextFits = (4 * whole) + 4 <= upper;
        if (thisFits != nextFits)
        {
            return whole + (nextFits ? 1UL : 0);
        }

        ulong half = (4 * whole) + 2;
        return whole + (value > half || (value == half && (whole & 1) != 0) ? 1UL : 0);
    }

    // The upper bits of the product; the lowest of them is one if anything below is not zero, so that comparisons stay right.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Scale(ulong high, ulong low, ulong factor)
    {
        ulong carried = Math.BigMul(low, factor, out _);
        ulong top = Math.BigMul(high, factor, out ulong rest);
        rest += carried;
        top += rest < carried ? 1UL : 0;
        return top | (rest > 1 ? 1UL : 0);
    }
}
