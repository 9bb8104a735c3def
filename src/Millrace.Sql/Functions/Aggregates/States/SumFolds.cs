using System.Numerics;

namespace Millrace.Sql.Functions;

/// <summary>Sums of whole numbers of up to 32 bits, in 64 bits.</summary>
internal struct SmallSum
{
    public long Sum;
    public long Count;
}

internal readonly struct SumSmall<T> : IFold<T, SmallSum, long>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Retracts => true;

    // Two billion rows of the largest number are needed to overflow.
    public static void Add(ref SmallSum state, T value)
    {
        state.Sum += long.CreateTruncating(value);
        state.Count++;
    }

    public static void AddWeighted(ref SmallSum state, T value, long weight)
    {
        state.Sum += long.CreateTruncating(value) * weight;
        state.Count += weight;
    }

    public static void Merge(ref SmallSum into, in SmallSum from)
    {
        into.Sum += from.Sum;
        into.Count += from.Count;
    }

    public static FoldResult Result(in SmallSum state, out long result)
    {
        result = state.Sum;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct AverageSmall<T> : IFold<T, SmallSum, double>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Retracts => true;

    public static void Add(ref SmallSum state, T value) => SumSmall<T>.Add(ref state, value);

    public static void AddWeighted(ref SmallSum state, T value, long weight) => SumSmall<T>.AddWeighted(ref state, value, weight);

    public static void Merge(ref SmallSum into, in SmallSum from) => SumSmall<T>.Merge(ref into, from);

    public static FoldResult Result(in SmallSum state, out double result)
    {
        result = state.Count == 0 ? 0 : (double)state.Sum / state.Count;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

/// <summary>Sums of 64-bit numbers and of decimals, as decimals of the same scale.</summary>
internal readonly struct SumExact<T> : IFold<T, ExactSum, Int128>
    where T : unmanaged, INumberBase<T>
{
    public static bool Retracts => true;

    public static void Add(ref ExactSum state, T value)
    {
        state.Add(Int128.CreateTruncating(value));
        state.Count++;
    }

    public static void AddWeighted(ref ExactSum state, T value, long weight) => state.AddWeighted(Int128.CreateTruncating(value), weight);

    public static void Merge(ref ExactSum into, in ExactSum from) => into.Merge(from);

    public static FoldResult Result(in ExactSum state, out Int128 result)
    {
        result = state.Sum;
        return state.Count == 0 ? FoldResult.Null : state.Wraps == 0 ? FoldResult.Value : FoldResult.Overflow;
    }
}

/// <summary>Averages of 64-bit numbers as doubles.</summary>
internal readonly struct AverageExact<T> : IFold<T, ExactSum, double>
    where T : unmanaged, INumberBase<T>
{
    public static bool Retracts => true;

    public static void Add(ref ExactSum state, T value) => SumExact<T>.Add(ref state, value);

    public static void AddWeighted(ref ExactSum state, T value, long weight) => SumExact<T>.AddWeighted(ref state, value, weight);

    public static void Merge(ref ExactSum into, in ExactSum from) => into.Merge(from);

    public static FoldResult Result(in ExactSum state, out double result)
    {
        result = state.Count == 0 ? 0 : (double)state.Total / state.Count;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SumDouble<T> : IFold<T, DoubleSum, double>
    where T : unmanaged, INumberBase<T>
{
    public static bool Splits => true;

    public static bool Retracts => true;

    public static void Add(ref DoubleSum state, T value)
    {
        state.Add(double.CreateTruncating(value));
        state.Count++;
    }

    public static void AddWeighted(ref DoubleSum state, T value, long weight)
    {
        state.Add(double.CreateTruncating(value) * weight);
        state.Count += weight;
    }

    public static void Merge(ref DoubleSum into, in DoubleSum from) => into.Merge(from);

    public static FoldResult Result(in DoubleSum state, out double result)
    {
        result = state.Total;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct AverageDouble<T> : IFold<T, DoubleSum, double>
    where T : unmanaged, INumberBase<T>
{
    public static bool Splits => true;

    public static bool Retracts => true;

    public static void Add(ref DoubleSum state, T value) => SumDouble<T>.Add(ref state, value);

    public static void AddWeighted(ref DoubleSum state, T value, long weight) => SumDouble<T>.AddWeighted(ref state, value, weight);

    public static void Merge(ref DoubleSum into, in DoubleSum from) => into.Merge(from);

    public static FoldResult Result(in DoubleSum state, out double result)
    {
        result = state.Total / state.Count;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}
