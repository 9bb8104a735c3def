using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Decimal arithmetic whose intermediate results have more than 38 digits. Slow and exact; the quick paths come first.</summary>
internal static class WideDecimal
{
    /// <summary>A whole number divided by a power of ten or multiplied by it, halves rounded away from zero.</summary>
    public static bool TryScale(BigInteger value, int digits, int precision, out Int128 result)
        => digits >= 0
            ? TryFit(value * BigInteger.Pow(10, digits), precision, out result)
            : TryFit(Divide(value, BigInteger.Pow(10, -digits)), precision, out result);

    /// <summary>A quotient, halves rounded away from zero.</summary>
    public static BigInteger Divide(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger rest);
        return BigInteger.Abs(rest) * 2 >= BigInteger.Abs(divisor) ? quotient + (dividend.Sign * divisor.Sign) : quotient;
    }

    public static bool TryFit(BigInteger value, int precision, out Int128 result)
    {
        bool fits = BigInteger.Abs(value) <= (BigInteger)DecimalMath.Max(precision);
        result = fits ? (Int128)value : 0;
        return fits;
    }
}
