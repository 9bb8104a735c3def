using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How a decimal loses digits.</summary>
internal enum RoundingMode
{
    /// <summary>Halves away from zero.</summary>
    Nearest,
    Down,
    Up,
    TowardsZero,
}

/// <summary>Decimals with fewer digits after the point.</summary>
/// <param name="from">Type of the argument.</param>
/// <param name="to">Type of the result.</param>
/// <param name="mode">Where what is lost goes.</param>
internal readonly struct RoundDecimal(DataType from, DataType to, RoundingMode mode) : ICheckedUnary<Int128, Int128>
{
    public bool TryInvoke(Int128 value, out Int128 result)
        => RoundToDigits.TryRound(value, from.Scale, to.Scale, mode, to, out result);

    public Fault Explain(Int128 value) => Faults.Overflow(Faults.Text(value, from.Scale), to);
}

/// <summary>The same to a number of digits that rows decide; negative ones count before the point.</summary>
internal readonly struct RoundToDigits(DataType from, DataType to, RoundingMode mode) : ICheckedBinary<Int128, int, Int128>
{
    public bool TryInvoke(Int128 left, int right, out Int128 result) => TryRound(left, from.Scale, right, mode, to, out result);

    public Fault Explain(Int128 left, int right) => Faults.Overflow($"{Faults.Text(left, from.Scale)} at {right} digits", to);

    /// <summary>Rounds to some digits after the point and gives the result at the scale of its type.</summary>
    public static bool TryRound(Int128 value, int scale, int digits, RoundingMode mode, DataType to, out Int128 result)
    {
        digits = Math.Clamp(digits, -DataType.MaxDecimalPrecision, DataType.MaxDecimalPrecision);
        int lost = scale - digits;
        if (lost > DataType.MaxDecimalPrecision)
        {
            // More than there are digits: nothing is left of them, or the next power of ten, which no type holds.
            result = 0;
            return mode is RoundingMode.Nearest or RoundingMode.TowardsZero || value == 0 || Int128.IsNegative(value) == (mode == RoundingMode.Up);
        }

        if (lost > 0)
        {
            value = Cut(value, DecimalMath.Power(lost), mode);
            scale = digits;
        }

        if (scale >= 0)
        {
            return DecimalMath.TryRescale(value, scale, to.Scale, to.Precision, out result);
        }

        return WideDecimal.TryFit((BigInteger)value * BigInteger.Pow(10, to.Scale - scale), to.Precision, out result);
    }

    private static Int128 Cut(Int128 value, UInt128 divisor, RoundingMode mode)
    {
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(DecimalMath.Magnitude(value), divisor);
        bool negative = Int128.IsNegative(value);
        bool further = mode switch
        {
            RoundingMode.Nearest => rest >= divisor - rest,
            RoundingMode.Down => negative && rest != 0,
            RoundingMode.Up => !negative && rest != 0,
            _ => false,
        };
        quotient += further ? 1u : 0u;
        return negative ? -(Int128)quotient : (Int128)quotient;
    }
}

/// <summary>Types of rounded decimals.</summary>
internal static class RoundedTypes
{
    /// <summary>Without digits after the point; one more before it, for what is rounded up.</summary>
    public static DataType Whole(DataType type) => Digits(type, 0);

    /// <summary>With so many digits after the point as the call asks for, or as the argument has where rows decide.</summary>
    public static DataType OfCall(ScalarCallSite site)
        => site.TryConstant(1, out int digits) ? Digits(site.Types[0], digits) : Digits(site.Types[0], site.Types[0].Scale);

    private static DataType Digits(DataType type, int digits)
    {
        int whole = Math.Min(type.Precision - type.Scale + 1, DataType.MaxDecimalPrecision);
        int scale = Math.Clamp(digits, 0, DataType.MaxDecimalPrecision - whole);
        return DataType.Decimal(whole + scale, scale);
    }
}

/// <summary>To the nearest whole number, halves to the even one.</summary>
internal readonly struct RoundFloat<T> : IUnary<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Invoke(T value) => T.Round(value, MidpointRounding.ToEven);
}

internal readonly struct CeilingFloat<T> : IUnary<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Invoke(T value) => T.Ceiling(value);
}

internal readonly struct FloorFloat<T> : IUnary<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Invoke(T value) => T.Floor(value);
}

internal readonly struct TruncateFloat<T> : IUnary<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Invoke(T value) => T.Truncate(value);
}

/// <summary>To so many digits after the point, as the decimal number is written that the double stands for.</summary>
internal readonly struct RoundDouble(bool truncate) : IBinary<double, int, double>
{
    // Doubles from here on are whole numbers.
    private const double FirstWhole = 1L << 52;
    private const int MaxPower = 22;

    public double Invoke(double left, int right)
    {
        if (!double.IsFinite(left) || right > 17 || (right >= 0 && Math.Abs(left) >= FirstWhole))
        {
            return left;
        }

        if (right < -308)
        {
            return 0;
        }

        double power = Math.Abs(right) <= MaxPower ? Exact(Math.Abs(right)) : Math.Pow(10, Math.Abs(right));
        double scaled = right >= 0 ? left * power : left / power;
        double whole = truncate ? Math.Truncate(scaled) : Math.Round(scaled, MidpointRounding.AwayFromZero);
        double result = right >= 0 ? whole / power : whole * power;
        return double.IsFinite(result) ? result : left;
    }

    private static double Exact(int exponent) => (double)DecimalMath.Power(exponent);
}
