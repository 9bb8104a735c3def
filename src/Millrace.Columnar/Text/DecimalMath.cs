using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Powers of ten and exact changes of scale for decimals of up to 38 digits.</summary>
public static class DecimalMath
{
    private static readonly UInt128[] Powers = CreatePowers();

    /// <summary>Ten to the power 0 to 38.</summary>
    public static UInt128 Power(int exponent) => Powers[exponent];

    /// <summary>The largest magnitude of so many digits.</summary>
    public static UInt128 Max(int precision) => Powers[precision] - 1;

    public static UInt128 Magnitude(Int128 value) => Int128.IsNegative(value) ? (UInt128)(-(value + 1)) + 1 : (UInt128)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Fits(long value, int precision)
        => precision >= 19 || (ulong)(value < 0 ? -value : value) < Digits.Powers[precision];

    public static bool Fits(Int128 value, int precision) => Magnitude(value) < Powers[precision];

    /// <summary>
    /// The number at another scale and precision, rounded with halves away from zero when digits are lost. False when it
    /// has more digits than the precision allows.
    /// </summary>
    public static bool TryRescale(Int128 value, int fromScale, int toScale, int precision, out Int128 result)
    {
        UInt128 magnitude = Magnitude(value);
        if (toScale > fromScale)
        {
            UInt128 factor = Powers[toScale - fromScale];
            if (magnitude > Max(DataType.MaxDecimalPrecision) / factor)
            {
                result = 0;
                return false;
            }

            magnitude *= factor;
        }
        else if (toScale < fromScale)
        {
            UInt128 divisor = Powers[fromScale - toScale];
            (magnitude, UInt128 rest) = UInt128.DivRem(magnitude, divisor);
            if (rest >= divisor - rest)
            {
                magnitude++;
            }
        }

        result = Int128.IsNegative(value) ? -(Int128)magnitude : (Int128)magnitude;
        return magnitude < Powers[precision];
    }

    private static UInt128[] CreatePowers()
    {
        var powers = new UInt128[DataType.MaxDecimalPrecision + 1];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
