namespace Millrace.Connectors.Datagen;

/// <summary>
/// Zipf's distribution over a range too long for a table, by rejection-inversion (Hörmann and Derflinger 1996): a draw inverts
/// the integral of the density and is taken in nearly all cases; a rejected one is drawn again from a stream of its own.
/// </summary>
internal sealed class ZipfWholes : Wholes
{
    // So many rejections one after the other do not happen; the bound keeps the loop finite.
    private const int Attempts = 64;

    private readonly Dice[] _dice;
    private readonly long _least;
    private readonly long _count;
    private readonly double _exponent;
    private readonly double _low;
    private readonly double _high;
    private readonly double _sure;

    public ZipfWholes(Dice dice, long least, long count, double exponent)
    {
        _dice = [.. Enumerable.Range(0, Attempts).Select(i => dice.Fork(i))];
        _least = least;
        _count = count;
        _exponent = exponent;
        _low = Integral(1.5) - 1;
        _high = Integral(count + 0.5);
        _sure = 2 - Inverse(Integral(2.5) - Density(2));
    }

    public override long? Cardinality => _count;

    public override Int128 Least(long firstRow, long lastRow) => _least;

    public override Int128 Most(long firstRow, long lastRow) => (Int128)_least + _count - 1;

    public override void Fill(long firstRow, Span<long> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = _least + Rank(firstRow + i) - 1;
        }
    }

    /// <summary>Zipf's distribution in the way that suits the length of the range.</summary>
    public static Wholes Of(Dice dice, long least, long count, double exponent)
    {
        if (exponent == 0)
        {
            return new UniformWholes(dice, least, (ulong)count - 1);
        }

        if (count > 1 << 16)
        {
            return new ZipfWholes(dice, least, count, exponent);
        }

        var weights = new double[count];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Pow(i + 1, -exponent);
        }

        return new WeightedWholes(dice, new AliasTable(weights), least);
    }

    private long Rank(long row)
    {
        foreach (Dice dice in _dice)
        {
            double u = _high + (dice.Fraction(row) * (_low - _high));
            double x = Inverse(u);
            double k = Math.Clamp(Math.Floor(x + 0.5), 1, _count);
            if (k - x <= _sure || u >= Integral(k + 0.5) - Density(k))
            {
                return Math.Min((long)k, _count);
            }
        }

        return 1;
    }

    private double Density(double x) => Math.Exp(-_exponent * Math.Log(x));

    // Integral of the density from 1 on, in a form that holds at exponent 1 as well.
    private double Integral(double x)
    {
        double log = Math.Log(x);
        double t = (1 - _exponent) * log;
        return (Math.Abs(t) > 1e-8 ? (Math.Exp(t) - 1) / t : 1 + (t / 2)) * log;
    }

    private double Inverse(double y)
    {
        double t = Math.Max(y * (1 - _exponent), -1);
        double log = Math.Abs(t) > 1e-8 ? Math.Log(1 + t) / t : 1 - (t / 2);
        return Math.Exp(log * y);
    }
}
