namespace Millrace.Sql.Functions;

/// <summary>Count, mean and sums of powers of the distances from the mean, kept as Welford does and merged as Chan and Pébay do.</summary>
internal struct Moments
{
    public long Count;
    public double Mean;
    public double M2;
    public double M3;
    public double M4;

    public void Add(double value)
    {
        double before = Count;
        Count++;
        double delta = value - Mean;
        double step = delta / Count;
        double square = step * step;
        double term = delta * step * before;
        Mean += step;
        M4 += (term * square * (((double)Count * Count) - (3.0 * Count) + 3)) + (6 * square * M2) - (4 * step * M3);
        M3 += (term * step * (Count - 2)) - (3 * step * M2);
        M2 += term;
    }

    public void Merge(in Moments other)
    {
        if (other.Count == 0)
        {
            return;
        }

        if (Count == 0)
        {
            this = other;
            return;
        }

        double a = Count;
        double b = other.Count;
        double n = a + b;
        double delta = other.Mean - Mean;
        double square = delta * delta;
        double m4 = M4 + other.M4 + (square * square * a * b * ((a * a) - (a * b) + (b * b)) / (n * n * n))
            + (6 * square * ((a * a * other.M2) + (b * b * M2)) / (n * n)) + (4 * delta * ((a * other.M3) - (b * M3)) / n);
        double m3 = M3 + other.M3 + (delta * square * a * b * (a - b) / (n * n)) + (3 * delta * ((a * other.M2) - (b * M2)) / n);
        M2 += other.M2 + (square * a * b / n);
        M3 = m3;
        M4 = m4;
        Mean += delta * b / n;
        Count += other.Count;
    }
}

/// <summary>Which figure is made of moments.</summary>
internal interface IMoment
{
    static abstract FoldResult Of(in Moments state, out double result);
}

internal readonly struct MomentFold<TMoment> : IFold<double, Moments, double>
    where TMoment : struct, IMoment
{
    public static void Add(ref Moments state, double value) => state.Add(value);

    public static void Merge(ref Moments into, in Moments from) => into.Merge(from);

    public static FoldResult Result(in Moments state, out double result) => TMoment.Of(state, out result);
}

/// <summary>Count, mean and squared distances only: what variances need, at half the cost.</summary>
internal struct Spread
{
    public long Count;
    public double Mean;
    public double M2;
}

internal readonly struct SpreadFold<TMoment> : IFold<double, Spread, double>
    where TMoment : struct, IMoment
{
    public static bool Splits => true;

    public static bool Retracts => true;

    public static void Add(ref Spread state, double value)
    {
        state.Count++;
        double delta = value - state.Mean;
        state.Mean += delta / state.Count;
        state.M2 += delta * (value - state.Mean);
    }

    public static void AddWeighted(ref Spread state, double value, long weight)
    {
        long count = state.Count + weight;
        if (count == 0)
        {
            state = default;
            return;
        }

        double delta = value - state.Mean;
        state.Mean += delta * weight / count;
        state.M2 += weight * delta * (value - state.Mean);
        state.Count = count;
    }

    public static void Merge(ref Spread into, in Spread from)
    {
        if (from.Count == 0)
        {
            return;
        }

        double count = into.Count + from.Count;
        double delta = from.Mean - into.Mean;
        into.M2 += from.M2 + (delta * delta * into.Count * from.Count / count);
        into.Mean += delta * from.Count / count;
        into.Count += from.Count;
    }

    public static FoldResult Result(in Spread state, out double result)
        => TMoment.Of(new Moments { Count = state.Count, Mean = state.Mean, M2 = state.M2 < 0 ? 0 : state.M2 }, out result);
}

internal readonly struct PopulationVariance : IMoment
{
    public static FoldResult Of(in Moments state, out double result)
    {
        result = state.M2 / state.Count;
        return state.Count == 0 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct SampleVariance : IMoment
{
    public static FoldResult Of(in Moments state, out double result)
    {
        result = state.M2 / (state.Count - 1);
        return state.Count < 2 ? FoldResult.Null : FoldResult.Value;
    }
}

internal readonly struct Root<TMoment> : IMoment
    where TMoment : struct, IMoment
{
    public static FoldResult Of(in Moments state, out double result)
    {
        FoldResult kind = TMoment.Of(state, out result);
        result = Math.Sqrt(result);
        return kind;
    }
}

/// <summary>The bias-corrected skewness of a sample (G1), as spreadsheets and DuckDB compute it.</summary>
internal readonly struct Skewness : IMoment
{
    public static FoldResult Of(in Moments state, out double result)
    {
        double n = state.Count;
        result = state.M2 <= 0 ? double.NaN : Math.Sqrt(n * (n - 1)) / (n - 2) * (Math.Sqrt(n) * state.M3 / Math.Pow(state.M2, 1.5));
        return state.Count < 3 ? FoldResult.Null : FoldResult.Value;
    }
}

/// <summary>The bias-corrected excess kurtosis of a sample (G2).</summary>
internal readonly struct Kurtosis : IMoment
{
    public static FoldResult Of(in Moments state, out double result)
    {
        double n = state.Count;
        double ratio = n * state.M4 / (state.M2 * state.M2);
        result = state.M2 <= 0 ? double.NaN : (n - 1) / ((n - 2) * (n - 3)) * (((n + 1) * ratio) - (3 * (n - 1)));
        return state.Count < 4 ? FoldResult.Null : FoldResult.Value;
    }
}
