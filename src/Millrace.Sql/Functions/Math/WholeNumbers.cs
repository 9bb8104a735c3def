using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>The greatest number that divides both; never negative.</summary>
internal readonly struct GreatestDivisor<T> : ICheckedBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
{
    public bool TryInvoke(T left, T right, out T result)
    {
        while (right != T.Zero)
        {
            // The smallest number divided by -1 does not exist, and the rest is zero anyway.
            (left, right) = (right, right == T.NegativeOne ? T.Zero : left % right);
        }

        result = T.IsNegative(left) ? unchecked(-left) : left;
        return !T.IsNegative(result);
    }

    public Fault Explain(T left, T right) => Faults.Overflow($"gcd({Faults.Text(left)}, {Faults.Text(right)})", IntegerName.Of<T>());
}

/// <summary>The smallest number that both divide; never negative, zero if one is zero.</summary>
internal readonly struct LeastMultiple<T> : ICheckedBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
{
    public bool TryInvoke(T left, T right, out T result)
    {
        result = T.Zero;
        if (left == T.Zero || right == T.Zero)
        {
            return true;
        }

        if (!new GreatestDivisor<T>().TryInvoke(left, right, out T divisor))
        {
            return false;
        }

        Int128 multiple = Int128.Abs(Int128.CreateTruncating(left / divisor) * Int128.CreateTruncating(right));
        result = T.CreateTruncating(multiple);
        return Int128.CreateTruncating(result) == multiple;
    }

    public Fault Explain(T left, T right) => Faults.Overflow($"lcm({Faults.Text(left)}, {Faults.Text(right)})", IntegerName.Of<T>());
}

/// <summary>The product of all whole numbers up to one.</summary>
internal readonly struct Factorial : ICheckedUnary<long, Int128>
{
    // 34! has 39 digits.
    private const int Largest = 33;

    public static DataType Type { get; } = DataType.Decimal(DataType.MaxDecimalPrecision, 0);

    public bool TryInvoke(long value, out Int128 result)
    {
        result = 1;
        if (value is < 0 or > Largest)
        {
            return false;
        }

        for (int i = 2; i <= value; i++)
        {
            result *= i;
        }

        return true;
    }

    public Fault Explain(long value)
        => value < 0 ? Faults.Domain($"{Faults.Text(value)} is negative and has no factorial.") : Faults.Overflow($"factorial({Faults.Text(value)})", Type);
}

internal readonly struct CountBits<T> : IUnary<T, long>
    where T : unmanaged, IBinaryInteger<T>
{
    public long Invoke(T value) => long.CreateTruncating(T.PopCount(value));
}

/// <summary>The whole part of a quotient of decimals.</summary>
internal readonly struct DivideWhole(DataType left, DataType right, DataType type) : ICheckedBinary<Int128, Int128, Int128>
{
    private readonly BigInteger _leftFactor = BigInteger.Pow(10, Math.Max(right.Scale - left.Scale, 0));
    private readonly BigInteger _rightFactor = BigInteger.Pow(10, Math.Max(left.Scale - right.Scale, 0));
    private readonly bool _sameScale = left.Scale == right.Scale;

    public static DataType Type(ScalarCallSite site)
        => DataType.Decimal(Math.Clamp(site.Types[0].Precision - site.Types[0].Scale + site.Types[1].Scale, 1, DataType.MaxDecimalPrecision), 0);

    public bool TryInvoke(Int128 a, Int128 b, out Int128 result)
    {
        result = 0;
        if (b == 0)
        {
            return false;
        }

        if (_sameScale)
        {
            result = a / b;
            return DecimalMath.Fits(result, type.Precision);
        }

        return WideDecimal.TryFit(BigInteger.Divide(a * _leftFactor, b * _rightFactor), type.Precision, out result);
    }

    public Fault Explain(Int128 a, Int128 b)
        => b == 0 ? Faults.DivisionByZero(Faults.Text(a, left.Scale)) : Faults.Overflow($"div({Faults.Text(a, left.Scale)}, {Faults.Text(b, right.Scale)})", type);
}
