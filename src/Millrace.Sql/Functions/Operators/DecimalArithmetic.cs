using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A sum or a difference.</summary>
/// <param name="left">Type of the left operand.</param>
/// <param name="right">Type of the right operand.</param>
/// <param name="type">Type of the result.</param>
/// <param name="subtract">Whether it is a difference.</param>
internal readonly struct AddDecimals(DataType left, DataType right, DataType type, bool subtract) : ICheckedBinary<Int128, Int128, Int128>
{
    private readonly int _common = Math.Max(left.Scale, right.Scale);
    private readonly bool _subtract = subtract;

    /// <summary>Whether both sides and the result have 63 bits each whatever the values, so that no step can overflow.</summary>
    public bool IsSmall { get; } = IsSmallBeside(left, right) && IsSmallBeside(right, left) && type.Scale == Math.Max(left.Scale, right.Scale);

    /// <summary>What the left side is multiplied with where all is small.</summary>
    public long LeftFactor { get; } = Factor(left, right);

    /// <summary>The same for the right side; negative for a difference.</summary>
    public long RightFactor { get; } = subtract ? -Factor(right, left) : Factor(right, left);

    public bool TryInvoke(Int128 a, Int128 b, out Int128 result) => TryWide(a, b, out result);

    public Fault Explain(Int128 a, Int128 b)
        => Faults.Overflow($"{Faults.Text(a, left.Scale)} {(_subtract ? '-' : '+')} {Faults.Text(b, right.Scale)}", type);

    private static int ScaledDigits(DataType self, DataType other) => self.Precision + Math.Max(other.Scale - self.Scale, 0);

    private static bool IsSmallBeside(DataType self, DataType other) => ScaledDigits(self, other) <= 18;

    private static long Factor(DataType self, DataType other)
        => IsSmallBeside(self, other) ? (long)DecimalMath.Power(Math.Max(other.Scale - self.Scale, 0)) : 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWide(Int128 a, Int128 b, out Int128 result)
    {
        if (type.Scale == _common
            && DecimalMath.TryRescale(a, left.Scale, _common, DataType.MaxDecimalPrecision, out Int128 x)
            && DecimalMath.TryRescale(b, right.Scale, _common, DataType.MaxDecimalPrecision, out Int128 y))
        {
            y = _subtract ? -y : y;
            result = unchecked(x + y);
            return !Int128.IsNegative((x ^ result) & (y ^ result)) && DecimalMath.Fits(result, type.Precision);
        }

        BigInteger wideX = (BigInteger)a * BigInteger.Pow(10, _common - left.Scale);
        BigInteger wideY = (BigInteger)b * BigInteger.Pow(10, _common - right.Scale);
        return WideDecimal.TryScale(_subtract ? wideX - wideY : wideX + wideY, type.Scale - _common, type.Precision, out result);
    }
}

/// <summary>A product.</summary>
internal readonly struct MultiplyDecimals(DataType left, DataType right, DataType type) : ICheckedBinary<Int128, Int128, Int128>
{
    private readonly int _shift = type.Scale - left.Scale - right.Scale;
    private readonly bool _always = type.Scale == left.Scale + right.Scale && left.Precision + right.Precision <= type.Precision;

    /// <summary>Whether a product of two numbers of 64 bits, which has at most 38 digits, is the result as it is.</summary>
    public bool IsExactInShort { get; } = type.Scale == left.Scale + right.Scale && (left.Precision + right.Precision <= type.Precision || type.Precision == DataType.MaxDecimalPrecision);

    public bool TryInvoke(Int128 a, Int128 b, out Int128 result)
    {
        if (IsExactInShort && (long)a == a && (long)b == b)
        {
            long high = Math.BigMul((long)a, (long)b, out long low);
            result = new Int128((ulong)high, (ulong)low);
            return true;
        }

        if (_always)
        {
            result = a * b;
            return true;
        }

        return TryRounded(a, b, out result);
    }

    public Fault Explain(Int128 a, Int128 b)
        => Faults.Overflow($"{Faults.Text(a, left.Scale)} * {Faults.Text(b, right.Scale)}", type);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryRounded(Int128 a, Int128 b, out Int128 result)
    {
        if (UInt128.LeadingZeroCount(DecimalMath.Magnitude(a)) + UInt128.LeadingZeroCount(DecimalMath.Magnitude(b)) > 129)
        {
            // The product has at most 126 bits.
            return DecimalMath.TryRescale(a * b, -_shift, 0, type.Precision, out result);
        }

        return WideDecimal.TryScale((BigInteger)a * b, _shift, type.Precision, out result);
    }
}

/// <summary>A quotient, rounded with halves away from zero.</summary>
internal readonly struct DivideDecimals(DataType left, DataType right, DataType type) : ICheckedBinary<Int128, Int128, Int128>
{
    // Digits that the dividend gains so that the quotient has the result's scale.
    private readonly int _shift = type.Scale - left.Scale + right.Scale;
    private readonly UInt128 _factor = Factor(type.Scale - left.Scale + right.Scale);
    private readonly UInt128 _largest = UInt128.MaxValue / Factor(type.Scale - left.Scale + right.Scale);

    public bool TryInvoke(Int128 a, Int128 b, out Int128 result)
    {
        UInt128 dividend = DecimalMath.Magnitude(a);
        UInt128 divisor = DecimalMath.Magnitude(b);
        if (divisor == 0)
        {
            result = 0;
            return false;
        }

        if (_shift is < 0 or > DataType.MaxDecimalPrecision || dividend > _largest)
        {
            return TryWide(a, b, out result);
        }

        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(dividend * _factor, divisor);
        quotient += rest >= divisor - rest ? 1u : 0u;
        result = Int128.IsNegative(a) == Int128.IsNegative(b) ? (Int128)quotient : -(Int128)quotient;
        return quotient <= DecimalMath.Max(type.Precision);
    }

    public Fault Explain(Int128 a, Int128 b)
        => b == 0
            ? Faults.DivisionByZero(Faults.Text(a, left.Scale))
            : Faults.Overflow($"{Faults.Text(a, left.Scale)} / {Faults.Text(b, right.Scale)}", type);

    private static UInt128 Factor(int shift) => shift is >= 0 and <= DataType.MaxDecimalPrecision ? DecimalMath.Power(shift) : 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWide(Int128 a, Int128 b, out Int128 result)
    {
        BigInteger dividend = (BigInteger)a * BigInteger.Pow(10, Math.Max(_shift, 0));
        BigInteger divisor = (BigInteger)b * BigInteger.Pow(10, Math.Max(-_shift, 0));
        return WideDecimal.TryFit(WideDecimal.Divide(dividend, divisor), type.Precision, out result);
    }
}

/// <summary>The remainder with the sign of the dividend.</summary>
internal readonly struct RemainderDecimals(DataType left, DataType right, DataType type) : ICheckedBinary<Int128, Int128, Int128>
{
    private readonly int _common = Math.Max(left.Scale, right.Scale);

    public bool TryInvoke(Int128 a, Int128 b, out Int128 result)
    {
        result = 0;
        if (b == 0)
        {
            return false;
        }

        if (type.Scale == _common
            && DecimalMath.TryRescale(a, left.Scale, _common, DataType.MaxDecimalPrecision, out Int128 x)
            && DecimalMath.TryRescale(b, right.Scale, _common, DataType.MaxDecimalPrecision, out Int128 y))
        {
            result = x % y;
            return true;
        }

        return TryWide(a, b, out result);
    }

    public Fault Explain(Int128 a, Int128 b)
        => b == 0 ? Faults.DivisionByZero(Faults.Text(a, left.Scale)) : Faults.Overflow($"{Faults.Text(a, left.Scale)} % {Faults.Text(b, right.Scale)}", type);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWide(Int128 a, Int128 b, out Int128 result)
    {
        BigInteger x = (BigInteger)a * BigInteger.Pow(10, _common - left.Scale);
        BigInteger y = (BigInteger)b * BigInteger.Pow(10, _common - right.Scale);
        return WideDecimal.TryScale(BigInteger.Remainder(x, y), type.Scale - _common, type.Precision, out result);
    }
}

internal readonly struct NegateDecimal : IUnary<Int128, Int128>
{
    public Int128 Invoke(Int128 value) => -value;
}
