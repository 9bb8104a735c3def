using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>An exact sum: 128 bits and how often they wrapped around.</summary>
internal struct ExactSum
{
    public ulong Low;
    public long High;
    public long Wraps;
    public long Count;

    public readonly Int128 Sum => new((ulong)High, Low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Int128 value) => Add((ulong)value, (long)(value >> 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long value) => Add((ulong)value, value >> 63);

    public void Merge(in ExactSum other)
    {
        Add(other.Sum);
        Wraps += other.Wraps;
        Count += other.Count;
    }

    public void AddWeighted(Int128 value, long weight)
    {
        Count += weight;
        if (DecimalMath.Magnitude(value) <= ulong.MaxValue)
        {
            Add(value * weight);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(ulong low, long high)
    {
        ulong lowSum = Low + low;
        long highSum = High + high + (lowSum < low ? 1 : 0);

        // Two summands of one sign whose sum has the other.
        if (((High ^ highSum) & (high ^ highSum)) < 0)
        {
            Wraps += high < 0 ? -1 : 1;
        }

        Low = lowSum;
        High = highSum;
    }
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
