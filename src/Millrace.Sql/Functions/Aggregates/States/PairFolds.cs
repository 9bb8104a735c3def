namespace Millrace.Sql.Functions;

/// <summary>Count, means, squared distances and their product of pairs.</summary>
internal struct PairMoments
{
    public long Count;
    public double MeanX;
    public double MeanY;
    public double M2X;
    public double M2Y;
    public double Product;
}

/// <summary>Which figure is made of the moments of pairs.</summary>
internal interface IPairMoment
{
    static abstract FoldResult Of(in PairMoments state, out double result);
}

internal readonly struct PairFold<TMoment> : IFold<(double Y, double X), PairMoments, double>
    where TMoment : struct, IPairMoment
{
    public static void Add(ref PairMoments state, (double Y, double X) value)
    {
        state.Count++;
        double deltaX = value.X - state.MeanX;
        double deltaY = value.Y - state.MeanY;
        state.MeanX += deltaX / state.Count;
        state.MeanY += deltaY / state.Count;
        state.M2X += deltaX * (value.X - state.MeanX);
        state.M2Y += deltaY * (value.Y - state.MeanY);
        state.Product += deltaX * (value.Y - state.MeanY);
    }

    public static void Merge(ref PairMoments into, in PairMoments from)
    {
        if (from.Count == 0)
        {
            return;
        }

        double count = (double)into.Count + from.Count;
        double deltaX = from.MeanX - into.MeanX;
        double deltaY = from.MeanY - into.MeanY;
        double share = (double)into.Count * from.Count / count;
        into.M2X += from.M2X + (deltaX * deltaX * share);
        into.M2Y += from.M2Y + (deltaY * deltaY * share);
        into.Product += from.Product + (deltaX * deltaY * share);
        into.MeanX += deltaX * from.Count / count;
        into.MeanY += deltaY * from.Count / count;
        into.Count += from.Count;
    }

    public static FoldResult Result(in PairMoments state, out double result) => TMoment.Of(state, out result);
}

internal readonly struct PopulationCovariance : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.Product / state.Count;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SampleCovariance : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.Product / (state.Count - 1);
        return state.Count < 2 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct Correlation : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.Product / Math.Sqrt(state.M2X * state.M2Y);
        return state.M2X == 0 || state.M2Y == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct Slope : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.Product / state.M2X;
        return state.M2X == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct Intercept : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.MeanY - (state.Product / state.M2X * state.MeanX);
        return state.M2X == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

/// <summary>The share of the variance that the line explains; 1 where all y are equal.</summary>
internal readonly struct Determination : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.M2Y == 0 ? 1 : state.Product * state.Product / (state.M2X * state.M2Y);
        return state.M2X == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct PairAverageX : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.MeanX;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct PairAverageY : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.MeanY;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SquaresX : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.M2X;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SquaresY : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.M2Y;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SquaresXY : IPairMoment
{
    public static FoldResult Of(in PairMoments state, out double result)
    {
        result = state.Product;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

/// <summary>How many pairs have no null.</summary>
internal readonly struct PairCount : IFold<(double Y, double X), long, long>
{
    public static bool Retracts => true;

    public static void Add(ref long state, (double Y, double X) value) => state++;

    public static void AddWeighted(ref long state, (double Y, double X) value, long weight) => state += weight;

    public static void Merge(ref long into, in long from) => into += from;

    public static FoldResult Result(in long state, out long result)
    {
        result = state;
        return FoldResult.Value;
    }
}
