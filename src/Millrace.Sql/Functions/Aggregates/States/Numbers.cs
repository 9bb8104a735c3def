using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>An exact sum: 128 bits and how often they wrapped around.</summary>
internal struct ExactSum
{
    public Int128 Sum;
    public long Wraps;
    public long Count;

    public void Add(Int128 value)
    {
        Int128 sum = Sum + value;

        // Two summands of one sign whose sum has the other.
        if (Int128.IsNegative(Sum) == Int128.IsNegative(value) && Int128.IsNegative(sum) != Int128.IsNegative(value))
        {
            Wraps += Int128.IsNegative(value) ? -1 : 1;
        }

        Sum = sum;
    }

    public void Merge(in ExactSum other)
    {
        Add(other.Sum);
        Wraps += other.Wraps;
        Count += other.Count;
    }

    public void AddWeighted(Int128 value, long weight)
    {
        Count += weight;
        Int128 product = value * weight;
        if (DecimalMath.Magnitude(value) <= ulong.MaxValue)
        {
            Add(product);
            return;
        }

        // A product that may not fit is added in steps.
        for (long i = 0; i < Math.Abs(weight); i++)
        {
            Add(weight < 0 ? -value : value);
        }
    }

    /// <summary>The sum as an integer of any size.</summary>
    public readonly BigInteger Total => (BigInteger)Sum + ((BigInteger)Wraps << 128);
}

/// <summary>
/// A sum of doubles with the errors of its additions beside it (Neumaier): it hardly depends on the order of the values. Exact
/// up to an ulp unless values cancel beyond the 106 bits that are kept.
/// </summary>
internal struct DoubleSum
{
    public double Sum;
    public double Error;
    public long Count;

    public void Add(double value)
    {
        double sum = Sum + value;
        double part = sum - Sum;
        Error += (Sum - (sum - part)) + (value - part);
        Sum = sum;
    }

    public void Merge(in DoubleSum other)
    {
        Add(other.Sum);
        Error += other.Error;
        Count += other.Count;
    }

    /// <summary>The sum; infinities and NaN have no error.</summary>
    public readonly double Total => double.IsFinite(Sum) ? Sum + Error : Sum;
}
