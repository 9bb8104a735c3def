namespace Millrace.Runtime;

/// <summary>
/// Quantiles of the times of a run however long it is, in a few kilobytes: times are counted in classes that are two percent
/// wide, from a microsecond to about a day. One thread uses it.
/// </summary>
internal sealed class LatencySketch
{
    private const double Growth = 1.02;
    private const double Unit = 1e-6;
    private const int Classes = 1280;

    private static readonly double LogGrowth = Math.Log(Growth);

    private int[]? _counts;
    private double _min = double.MaxValue;

    public long Count { get; private set; }

    public double Max { get; private set; }

    public void Add(TimeSpan time)
    {
        double seconds = Math.Max(0, time.TotalSeconds);
        _counts ??= new int[Classes];
        _counts[ClassOf(seconds)]++;
        _min = Math.Min(_min, seconds);
        Max = Math.Max(Max, seconds);
        Count++;
    }

    /// <summary>The time in seconds that a share of all times does not exceed; 0 when there is none.</summary>
    public double Quantile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < (_counts?.Length ?? 0); i++)
        {
            seen += _counts![i];
            if (seen >= rank)
            {
                double middle = Unit * Math.Pow(Growth, i + 0.5);
                return Math.Clamp(middle, _min, Max);
            }
        }

        return 0;
    }

    private static int ClassOf(double seconds)
        => seconds <= Unit ? 0 : Math.Min(Classes - 1, (int)(Math.Log(seconds / Unit) / LogGrowth));
}
