using System.Numerics;

namespace Millrace.Columnar;

/// <summary>
/// The double nearest to mantissa × 10^exponent by one or two 64-bit multiplications (D. Lemire, "Number parsing at a
/// gigabyte per second", 2021).
/// </summary>
internal static class EiselLemire
{
    private const int MantissaBits = 52;
    private const int MaxPower = 308;
    private const int ExponentBias = 1023;
    private const int InfiniteExponent = 0x7FF;

    /// <summary>False where the approximation leaves doubt, which is very rare.</summary>
    public static bool TryCompute(ulong mantissa, int exponent, out double value)
    {
        value = 0;
        if (mantissa == 0 || exponent < PowersOfFive.Min)
        {
            return true;
        }

        if (exponent > MaxPower)
        {
            value = double.PositiveInfinity;
            return true;
        }

        int shift = BitOperations.LeadingZeroCount(mantissa);
        ulong normal = mantissa << shift;
        ulong high = Multiply(normal, exponent, out ulong low);
        if (low == ulong.MaxValue && exponent is < -27 or > 55)
        {
            return false;
        }

        int carry = (int)(high >> 63);
        int drop = carry + 64 - MantissaBits - 3;
        ulong bits = high >> drop;

        // floor(exponent × log2(10)) in fixed point.
        int binary = ((217706 * exponent) >> 16) + 63 + carry - shift + ExponentBias;
        if (binary <= 0)
        {
            if (1 - binary >= 64)
            {
                return true;
            }

            bits >>= 1 - binary;
            bits = (bits + (bits & 1)) >> 1;
            value = BitConverter.UInt64BitsToDouble(bits);
            return true;
        }

        // Exactly half-way between two doubles, which is possible only for small powers: round to even.
        if (low <= 1 && exponent is >= -4 and <= 23 && (bits & 3) == 1 && bits << drop == high)
        {
            bits &= ~1UL;
        }

        bits = (bits + (bits & 1)) >> 1;
        if (bits >= 2UL << MantissaBits)
        {
            bits = 1UL << MantissaBits;
            binary++;
        }

        value = binary >= InfiniteExponent
            ? double.PositiveInfinity
            : BitConverter.UInt64BitsToDouble((bits & ~(1UL << MantissaBits)) | ((ulong)binary << MantissaBits));
        return true;
    }

    private static ulong Multiply(ulong normal, int exponent, out ulong low)
    {
        ReadOnlySpan<ulong> table = PowersOfFive.Table;
        int at = (exponent - PowersOfFive.Min) * 2;
        ulong high = Math.BigMul(normal, table[at], out low);
        const ulong undecided = ulong.MaxValue >> (MantissaBits + 3);
        if ((high & undecided) == undecided)
        {
            ulong more = Math.BigMul(normal, table[at + 1], out _);
            low += more;
            high += low < more ? 1UL : 0;
        }

        return high;
    }
}
