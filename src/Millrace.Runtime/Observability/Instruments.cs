using System.Diagnostics.Metrics;
using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>The instruments of the process, from the table of <see cref="Metrics"/>. Without a listener a value costs a test.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new(Metrics.Source, typeof(Instruments).Assembly.GetName().Version?.ToString(3));

    public static readonly Counter<long> Runs = Count(Metrics.Runs);
    public static readonly Histogram<double> RunDuration = Spread(Metrics.RunDuration);
    public static readonly Counter<long> Retries = Count(Metrics.Retries);
    public static readonly Counter<long> EpochsCommitted = Count(Metrics.EpochsCommitted);
    public static readonly Counter<long> EpochsAborted = Count(Metrics.EpochsAborted);
    public static readonly Histogram<double> CommitDuration = Spread(Metrics.CommitDuration);
    public static readonly Histogram<double> EpochRows = Spread(Metrics.EpochRows);
    public static readonly Counter<long> RowsRead = Count(Metrics.RowsRead);
    public static readonly Counter<long> RowsWritten = Count(Metrics.RowsWritten);
    public static readonly Counter<long> RowsBad = Count(Metrics.RowsBad);
    public static readonly Counter<long> DeadLetters = Count(Metrics.DeadLetters);
    public static readonly Counter<long> Replays = Count(Metrics.Replays);
    public static readonly Counter<long> LettersReplayed = Count(Metrics.LettersReplayed);
    public static readonly Counter<long> BytesRead = Count(Metrics.BytesRead);
    public static readonly Counter<long> BytesWritten = Count(Metrics.BytesWritten);
    public static readonly Counter<long> Widenings = Count(Metrics.Widenings);
    public static readonly Counter<long> SplitsBrokenOff = Count(Metrics.SplitsBrokenOff);
    public static readonly Counter<long> Stalls = Count(Metrics.Stalls);
    public static readonly Counter<long> RowsLate = Count(Metrics.RowsLate);
    public static readonly Counter<long> RowsExpired = Count(Metrics.RowsExpired);

    static Instruments()
    {
        Watch(Metrics.RunsActive, ActiveRuns.Count);
        Watch(Metrics.LagBytes, () => ActiveRuns.Each<long>(static run => run.LagBytes));
        Watch(Metrics.LagTime, () => ActiveRuns.Each<double>(static run => run.LagSeconds));
        Watch(Metrics.BehindTime, () => ActiveRuns.Each<double>(static run => run.Behind?.Time.TotalSeconds));
        Watch(Metrics.BehindBytes, () => ActiveRuns.Each<long>(static run => run.Behind?.Bytes));
        Watch(Metrics.StateRows, () => ActiveRuns.EachStage(static stage => stage.State.Rows));
        Watch(Metrics.StateBytes, () => ActiveRuns.EachStage(static stage => stage.State.Bytes));
        Watch(Metrics.WatermarkLag, () => ActiveRuns.Each<double>(static run => run.WatermarkLag));
        Watch(Metrics.BreakerState, BreakerRegistry.Shared.States);
        Watch<long>(Metrics.MemoryRented, static () => [new Measurement<long>(BufferPool.BytesInUse)]);
        Watch<long>(Metrics.MemoryCached, static () => [new Measurement<long>(BufferPool.BytesCached)]);
    }

    private static Counter<long> Count(MetricInfo metric) => Meter.CreateCounter<long>(metric.Name, metric.Unit, metric.Description);

    // One type for all: each instance of a generic is compiled at the start of the program.
    private static Histogram<double> Spread(MetricInfo metric)
        => Meter.CreateHistogram(metric.Name, metric.Unit, metric.Description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = metric.Buckets });

    // What it is now is asked for when somebody reads it.
    private static void Watch<T>(MetricInfo metric, Func<IEnumerable<Measurement<T>>> values)
        where T : struct
    {
        if (metric.Kind == MetricKind.UpDownCounter)
        {
            Meter.CreateObservableUpDownCounter(metric.Name, values, metric.Unit, metric.Description);
        }
        else
        {
            Meter.CreateObservableGauge(metric.Name, values, metric.Unit, metric.Description);
        }
    }
}
