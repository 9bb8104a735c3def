using System.Numerics;

namespace Millrace.Sql.Functions;

/// <summary>The first and the last value.</summary>
internal struct Ends<T>
    where T : unmanaged
{
    public T First;
    public T Last;
    public bool Has;
}

/// <summary>The last value less the first.</summary>
internal readonly struct DeltaFold<T> : IFold<T, Ends<T>, T>
    where T : unmanaged, INumberBase<T>
{
    public static void Add(ref Ends<T> state, T value)
    {
        if (!state.Has)
        {
            state.First = value;
            state.Has = true;
        }

        state.Last = value;
    }

    public static void Merge(ref Ends<T> into, in Ends<T> from)
    {
        if (!from.Has)
        {
            return;
        }

        Add(ref into, into.Has ? from.Last : from.First);
        into.Last = from.Last;
    }

    public static FoldResult Result(in Ends<T> state, out T result)
    {
        result = state.Last - state.First;

        // A difference has the sign that the operands' order says, unless it wrapped around.
        bool wrapped = T.IsRealNumber(result) && T.IsNegative(state.First) != T.IsNegative(state.Last) && T.IsNegative(result) != T.IsNegative(state.Last);
        return !state.Has ? FoldResult.Null : wrapped && !T.IsZero(result) ? FoldResult.Overflow : FoldResult.Value;
    }
}
