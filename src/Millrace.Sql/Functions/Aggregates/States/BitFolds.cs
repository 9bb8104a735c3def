using System.Numerics;

namespace Millrace.Sql.Functions;

/// <summary>Bits of all numbers joined with AND or OR.</summary>
internal readonly struct BitFold<T, TChoice> : IFold<T, Extreme<T>, T>
    where T : unmanaged, IBinaryInteger<T>
    where TChoice : struct, IChoice
{
    public static void Add(ref Extreme<T> state, T value)
    {
        state.Value = !state.Has ? value : TChoice.Least ? state.Value & value : state.Value | value;
        state.Has = true;
    }

    public static void Merge(ref Extreme<T> into, in Extreme<T> from)
    {
        if (from.Has)
        {
            Add(ref into, from.Value);
        }
    }

    public static FoldResult Result(in Extreme<T> state, out T result)
    {
        result = state.Value;
        return state.Has ? FoldResult.Value : FoldResult.Null;
    }
}

/// <summary>The bits that an odd number of values has, and how many values there were.</summary>
internal struct OddBits<T>
    where T : unmanaged
{
    public T Value;
    public long Count;
}

/// <summary>Bits of all numbers joined with XOR, which takes a value back as it takes it in.</summary>
internal readonly struct OddBitFold<T> : IFold<T, OddBits<T>, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Retracts => true;

    public static bool Splits => true;

    public static void Add(ref OddBits<T> state, T value)
    {
        state.Value ^= value;
        state.Count++;
    }

    public static void AddWeighted(ref OddBits<T> state, T value, long weight)
    {
        state.Value ^= (weight & 1) == 0 ? T.Zero : value;
        state.Count += weight;
    }

    public static void Merge(ref OddBits<T> into, in OddBits<T> from)
    {
        into.Value ^= from.Value;
        into.Count += from.Count;
    }

    public static FoldResult Result(in OddBits<T> state, out T result)
    {
        result = state.Value;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

/// <summary>The product of numbers, and how many there were.</summary>
internal struct Product
{
    public double Value;
    public long Count;
}

internal readonly struct ProductFold : IFold<double, Product, double>
{
    public static void Add(ref Product state, double value)
    {
        state.Value = state.Count == 0 ? value : state.Value * value;
        state.Count++;
    }

    public static void Merge(ref Product into, in Product from)
    {
        if (from.Count > 0)
        {
            into.Value = into.Count == 0 ? from.Value : into.Value * from.Value;
            into.Count += from.Count;
        }
    }

    public static FoldResult Result(in Product state, out double result)
    {
        result = state.Value;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}
