using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime;

/// <summary>
/// The instruments of metrics that are made of rows. They live as long as the process, so that whoever listens still gets the
/// last values of a statement that has ended.
/// </summary>
internal static class RowInstruments
{
    private static readonly Meter Meter = new(Metrics.RowSource, typeof(RowInstruments).Assembly.GetName().Version?.ToString(3));

    private static readonly ConcurrentDictionary<string, Instrument<double>> ByName = new(StringComparer.Ordinal);

    /// <summary>The instrument of a metric. Statements that name the same metric share it; what the first says of it holds.</summary>
    public static Instrument<double> Get(MetricAnnotation metric)
    {
        Instrument<double> instrument = ByName.GetOrAdd(metric.Name, static (name, m) => m.Type switch
        {
            MetricType.Gauge => Meter.CreateGauge<double>(name, null, m.Help),
            MetricType.Histogram => Meter.CreateHistogram(name, null, m.Help, null, m.Buckets.Count == 0 ? null : new InstrumentAdvice<double> { HistogramBucketBoundaries = m.Buckets }),
            _ => Meter.CreateCounter<double>(name, null, m.Help),
        }, metric);
        MetricType type = instrument switch { Gauge<double> => MetricType.Gauge, Histogram<double> => MetricType.Histogram, _ => MetricType.Counter };
        return type == metric.Type
            ? instrument
            : throw RowMetricErrors.OtherType.Error($"'{metric.Name}' is a {Name(type)} already, and here it is a {Name(metric.Type)}.", new ErrorPlace { Offset = metric.Span.Start });
    }

    public static void Record(Instrument<double> instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (instrument)
        {
            case Gauge<double> gauge:
                gauge.Record(value, tags);
                break;
            case Histogram<double> histogram:
                histogram.Record(value, tags);
                break;
            case Counter<double> counter:
                counter.Add(value, tags);
                break;
        }
    }

    private static string Name(MetricType type) => type.ToString().ToLowerInvariant();
}
