namespace Millrace.Runtime;

/// <summary>A metric: what listeners and the reference page see of it.</summary>
/// <param name="Name">Name of the instrument.</param>
/// <param name="Kind">What its values mean.</param>
/// <param name="Unit">Unit in UCUM, with the counted thing in braces.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Tags">Tags of every value. Each has few values: never a file, a run or an epoch.</param>
public sealed record MetricInfo(string Name, MetricKind Kind, string Unit, string Description, params string[] Tags)
{
    /// <summary>Bounds of the buckets that a histogram suggests.</summary>
    public double[] Buckets { get; init; } = [];
}

public enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down; values of several jobs and processes add up.</summary>
    UpDownCounter,

    /// <summary>The value now; a sum of several has no meaning.</summary>
    Gauge,

    /// <summary>How values are spread.</summary>
    Histogram,
}
