using System.Diagnostics.Metrics;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime;

/// <summary>The runs of the process that go on now, for metrics that are asked for. Any thread may call.</summary>
internal static class ActiveRuns
{
    private static readonly List<RunTelemetry> Runs = [];

    public static void Add(RunTelemetry run)
    {
        lock (Runs)
        {
            Runs.Add(run);
        }
    }

    public static void Remove(RunTelemetry run)
    {
        lock (Runs)
        {
            Runs.Remove(run);
        }
    }

    /// <summary>How many there are of each job.</summary>
    public static IEnumerable<Measurement<long>> Count()
        => Now().GroupBy(r => (r.Tenant, r.Job)).Select(g => new Measurement<long>(g.Count(), g.First().Tags));

    /// <summary>One value a job, where it is known; the largest where a job runs more than once.</summary>
    public static IEnumerable<Measurement<T>> Each<T>(Func<RunTelemetry, T?> value)
        where T : struct
        => Now()
            .Select(r => (Run: r, Value: value(r)))
            .Where(r => r.Value is not null)
            .GroupBy(r => (r.Run.Tenant, r.Run.Job))
            .Select(g => new Measurement<T>(g.Max(r => r.Value!.Value), g.First().Run.Tags));

    /// <summary>A value for each stage with state of the queries that run on.</summary>
    public static IEnumerable<Measurement<long>> EachStage(Func<StageStatus, long> value)
        => Now().SelectMany(r => (r.Query?.Stages ?? []).Where(s => s.State.Bytes > 0).Select(s => new Measurement<long>(value(s), [.. r.Tags, new(Metrics.Stage, s.Stage)])));

    private static RunTelemetry[] Now()
    {
        lock (Runs)
        {
            return [.. Runs];
        }
    }
}
