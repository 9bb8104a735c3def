using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The batching of a run and where each of its settings comes from.</summary>
/// <param name="Strategy">What decides.</param>
/// <param name="Description"><c>fixed_size (user), size 100 (suggested)</c>.</param>
internal sealed record BatchingChoice(Batching Strategy, string Description)
{
    // A job that dies loses no more than this; a job that is shorter is all or nothing.
    private static readonly TimeSpan JobWindow = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan DefaultMaxWait = TimeSpan.FromSeconds(10);

    /// <summary>What the job says, and what follows from source, sink and mode where it says nothing.</summary>
    public static async ValueTask<BatchingChoice> FindAsync(Pipeline pipeline, ISource source, ISink sink, CancellationToken cancellation)
    {
        SnapshotRules.Check(pipeline);
        string? once = sink.CommitsOnce ? "the target is one indivisible thing"
            : SnapshotRules.IsSnapshot(pipeline) ? "its rows are compared with the target as a whole"
            : pipeline.WriteMode == WriteMode.Overwrite ? "an overwriting run replaces its target in one step"
            : null;
        bool asks = once is null && pipeline.ReadMode == ReadMode.Full && !(pipeline.OneEpoch && pipeline.Batch is null);
        return Of(pipeline, sink, asks && !await source.ResumesFullReadsAsync(pipeline.Stream, cancellation).ConfigureAwait(false) ? "its source cannot go on in the middle of a full read" : once);
    }

    private static BatchingChoice Of(Pipeline pipeline, ISink sink, string? once)
    {
        if (pipeline.Follows && once is not null)
        {
            throw RuntimeErrors.FollowNeedsEpochs.Error($"The run is to follow its source, but {once}.");
        }

        if (pipeline.Follows && pipeline.ReadMode == ReadMode.Full)
        {
            throw RuntimeErrors.FollowNeedsNews.Error("The run is to follow its source, but the job reads everything each time.");
        }

        if (once is not null && pipeline.Batch is not null && !pipeline.BatchIsHint)
        {
            throw RuntimeErrors.OneEpochOnly.Error($"The job has a batching strategy, but {once}, so its run is one epoch.");
        }

        if (once is null && pipeline is { Batch: null, Follows: false, Contract.Quality.Evaluated.Count: > 0 })
        {
            return new BatchingChoice(new WholeRunBatching(), "the run is one epoch, since its contract has quality rules about all its rows (suggested)");
        }

        if (once is not null || (pipeline.OneEpoch && pipeline.Batch is null && !pipeline.Follows))
        {
            return new BatchingChoice(new WholeRunBatching(), "the run is one epoch (suggested)");
        }

        var settings = new List<string>();
        BatchSpec spec = pipeline.Batch ?? new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = null };
        settings.Add($"{OptionInfo.SnakeCase(spec.Strategy.ToString())} {Origin(pipeline.Batch is not null)}");
        TimeSpan? Wait() => pipeline.Follows || spec.MaxWait is not null ? Pick("max_wait", spec.MaxWait, DefaultMaxWait, settings) : null;
        Batching strategy = spec.Strategy switch
        {
            BatchStrategy.FixedSize => new FixedSizeBatching(Pick("size", spec.Size, FixedSizeBatching.DefaultRows, settings), Wait()),
            BatchStrategy.AdaptiveSize => Adaptive(spec, settings, Wait),
            BatchStrategy.MemoryBased => new MemoryBasedBatching(Pick("memory", spec.Memory, new ByteSize(MemoryBasedBatching.DefaultBytes), settings).Bytes, Wait()),
            BatchStrategy.LowLatency => new LowLatencyBatching(
                Pick("size", spec.Size, LowLatencyBatching.DefaultRows, settings), Pick("window", spec.Window, LowLatencyBatching.DefaultWindow, settings)),
            _ => new TimeWindowBatching(Pick("window", spec.Window, DefaultWindow(pipeline, sink), settings)),
        };
        return new BatchingChoice(strategy, string.Join(", ", settings));
    }

    private static TimeSpan DefaultWindow(Pipeline pipeline, ISink sink)
        => pipeline.Batch is not null ? TimeWindowBatching.DefaultWindow : pipeline.Follows ? sink.SuggestedWindow : JobWindow;

    private static AdaptiveSizeBatching Adaptive(BatchSpec spec, List<string> settings, Func<TimeSpan?> wait)
    {
        // A bound that the user gives is kept, so the other one gives way.
        int min = Pick("min_size", spec.MinSize, Math.Min(AdaptiveSizeBatching.DefaultMin, spec.MaxSize ?? int.MaxValue), settings);
        int max = Pick("max_size", spec.MaxSize, Math.Max(AdaptiveSizeBatching.DefaultMax, min), settings);
        if (max < min)
        {
            throw RuntimeErrors.BatchBounds.Error($"batch.max_size is {max} and batch.min_size {min}.");
        }

        return new AdaptiveSizeBatching(min, max, Pick("target_latency", spec.TargetLatency, AdaptiveSizeBatching.DefaultTarget, settings), wait());
    }

    private static T Pick<T>(string name, T? user, T suggested, List<string> settings)
        where T : struct
    {
        T value = user ?? suggested;
        string text = value is TimeSpan time ? Duration.Format(time) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        settings.Add($"{name} {text} {Origin(user is not null)}");
        return value;
    }

    private static string Origin(bool user) => user ? "(user)" : "(suggested)";
}
