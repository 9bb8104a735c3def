using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>The least or greatest value so far.</summary>
internal struct Extreme<T>
    where T : unmanaged
{
    public T Value;
    public bool Has;
}

/// <summary>Which of two values is kept, known when the loop is compiled.</summary>
internal interface IChoice
{
    static abstract bool Least { get; }
}

internal readonly struct Least : IChoice
{
    static bool IChoice.Least => true;
}

internal readonly struct Greatest : IChoice
{
    static bool IChoice.Least => false;
}

/// <summary>Of whole numbers, dates and times.</summary>
internal readonly struct ExtremeInteger<T, TChoice> : IFold<T, Extreme<T>, T>
    where T : unmanaged, IComparisonOperators<T, T, bool>
    where TChoice : struct, IChoice
{
    public static void Add(ref Extreme<T> state, T value)
    {
        // Always stored: in ascending values, as keys often are, no branch could be foretold.
        T kept = state.Has ? state.Value : value;
        state.Value = (TChoice.Least ? value < kept : value > kept) ? value : kept;
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

/// <summary>Of floating-point numbers, where NaN is greatest.</summary>
internal readonly struct ExtremeFloat<T, TChoice> : IFold<T, Extreme<T>, T>
    where T : unmanaged, IFloatingPoint<T>
    where TChoice : struct, IChoice
{
    public static void Add(ref Extreme<T> state, T value)
    {
        // Comparisons with NaN are false: it replaces nothing as the least, and stays as the greatest.
        bool better = TChoice.Least ? value < state.Value || T.IsNaN(state.Value) : value > state.Value || T.IsNaN(value);
        if (better || !state.Has)
        {
            state.Value = value;
            state.Has = true;
        }
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

/// <summary>Of intervals, which are ordered by length with months of 30 days.</summary>
internal readonly struct ExtremeInterval<TChoice> : IFold<Interval, Extreme<Interval>, Interval>
    where TChoice : struct, IChoice
{
    public static void Add(ref Extreme<Interval> state, Interval value)
    {
        if (!state.Has || (TChoice.Least ? Length(value) < Length(state.Value) : Length(value) > Length(state.Value)))
        {
            state.Value = value;
            state.Has = true;
        }
    }

    public static void Merge(ref Extreme<Interval> into, in Extreme<Interval> from)
    {
        if (from.Has)
        {
            Add(ref into, from.Value);
        }
    }

    public static FoldResult Result(in Extreme<Interval> state, out Interval result)
    {
        result = state.Value;
        return state.Has ? FoldResult.Value : FoldResult.Null;
    }

    private static Int128 Length(Interval value)
    {
        const long day = 86_400_000_000_000;
        return ((((Int128)value.Months * 30) + value.Days) * day) + value.Nanoseconds;
    }
}
