using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Batching;

/// <summary>Defaults of every strategy, and where each setting is said to come from.</summary>
public sealed class BatchingChoiceTests
{
    [Theory]
    [InlineData(BatchStrategy.FixedSize, "fixed_size (user), size 100 (suggested)")]
    [InlineData(BatchStrategy.TimeWindow, "time_window (user), window 1s (suggested)")]
    [InlineData(BatchStrategy.AdaptiveSize, "adaptive_size (user), min_size 10 (suggested), max_size 1000 (suggested), target_latency 100ms (suggested)")]
    [InlineData(BatchStrategy.MemoryBased, "memory_based (user), memory 1MiB (suggested)")]
    [InlineData(BatchStrategy.LowLatency, "low_latency (user), size 1 (suggested), window 1ms (suggested)")]
    public void What_a_job_leaves_out_has_the_documented_default(BatchStrategy strategy, string description)
        => Assert.Equal(description, Choose(new BatchSpec { Strategy = strategy }).Description);

    [Theory]
    [InlineData(BatchStrategy.FixedSize, "fixed_size (user), size 7 (user), max_wait 3s (user)")]
    [InlineData(BatchStrategy.TimeWindow, "time_window (user), window 2m (user)")]
    [InlineData(BatchStrategy.AdaptiveSize, "adaptive_size (user), min_size 3 (user), max_size 5 (user), target_latency 1s (user), max_wait 3s (user)")]
    [InlineData(BatchStrategy.MemoryBased, "memory_based (user), memory 2KiB (user), max_wait 3s (user)")]
    [InlineData(BatchStrategy.LowLatency, "low_latency (user), size 7 (user), window 2m (user)")]
    public void What_a_job_says_is_kept(BatchStrategy strategy, string description) => Assert.Equal(
        description,
        Choose(new BatchSpec
        {
            Strategy = strategy,
            Size = 7,
            Window = TimeSpan.FromMinutes(2),
            MinSize = 3,
            MaxSize = 5,
            TargetLatency = TimeSpan.FromSeconds(1),
            Memory = new ByteSize(2048),
            MaxWait = TimeSpan.FromSeconds(3),
        }).Description);

    [Fact]
    public void Without_a_word_a_job_commits_after_minutes_and_a_following_one_as_its_target_suggests()
    {
        Assert.Equal("time_window (suggested), window 5m (suggested)", Choose(null).Description);
        Assert.Equal("time_window (suggested), window 1s (suggested)", Choose(null, p => p with { Follows = true, ReadMode = ReadMode.Incremental }).Description);
    }

    [Fact]
    public void Rows_of_a_run_that_follows_wait_no_longer_than_ten_seconds_for_others()
    {
        BatchingChoice choice = Choose(new BatchSpec { Strategy = BatchStrategy.FixedSize }, p => p with { Follows = true, ReadMode = ReadMode.Incremental });
        Assert.EndsWith("max_wait 10s (suggested)", choice.Description, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(10), choice.Strategy.Window);
    }

    [Theory]
    [InlineData(3, null, "min_size 3 (user), max_size 1000 (suggested)")]
    [InlineData(2000, null, "min_size 2000 (user), max_size 2000 (suggested)")]
    [InlineData(null, 4, "min_size 4 (suggested), max_size 4 (user)")]
    [InlineData(null, 50, "min_size 10 (suggested), max_size 50 (user)")]
    public void A_suggested_bound_gives_way_to_one_that_the_user_gave(int? min, int? max, string expected)
        => Assert.Contains(expected, Choose(new BatchSpec { Strategy = BatchStrategy.AdaptiveSize, MinSize = min, MaxSize = max }).Description, StringComparison.Ordinal);

    [Fact]
    public void Bounds_that_contradict_each_other_are_refused()
    {
        var error = Assert.Throws<MillraceException>(() => Choose(new BatchSpec { Strategy = BatchStrategy.AdaptiveSize, MinSize = 5, MaxSize = 4 }));
        Assert.Equal(RuntimeErrors.BatchBounds, error.Code);
    }

    [Fact]
    public void The_size_of_an_epoch_is_capped()
    {
        OptionInfo size = OptionInfo.Of(typeof(BatchSpec)).Single(o => o.Name == "size");
        var faults = new OptionFaults();
        var place = new ErrorPlace();
        var map = new OptionMap(place);
        map.Set("strategy", new OptionScalar("fixed_size", place, Quoted: false), place);
        map.Set(size.Name, new OptionScalar("50001", place, Quoted: false), place);
        OptionBinder.Bind<BatchSpec>(map, faults);
        var error = Assert.ThrowsAny<MillraceException>(faults.ThrowIfAny);
        Assert.Contains("50000", error.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WriteMode.Overwrite, true)]
    [InlineData(WriteMode.Append, false)]
    public void An_overwriting_run_is_one_epoch_and_bears_no_strategy(WriteMode mode, bool isRefused)
    {
        var spec = new BatchSpec { Strategy = BatchStrategy.FixedSize };
        if (isRefused)
        {
            Assert.Equal(RuntimeErrors.OneEpochOnly, Assert.Throws<MillraceException>(() => Choose(spec, p => p with { WriteMode = mode })).Code);
            Assert.IsType<WholeRunBatching>(Choose(null, p => p with { WriteMode = mode }).Strategy);
        }
        else
        {
            Assert.IsType<FixedSizeBatching>(Choose(spec, p => p with { WriteMode = mode }).Strategy);
        }
    }

    private static BatchingChoice Choose(BatchSpec? spec, Func<Pipeline, Pipeline>? with = null, bool resumes = true)
    {
        var target = new MemoryTarget();
        FaultPlan plan = FaultPlan.None();
        var pipeline = new Pipeline
        {
            Job = "job",
            BaseDirectory = "/",
            Source = ReplayConnector.Endpoint(new ReplayInput(1), plan),
            Sink = MemoryConnector.Endpoint(target, plan),
            Batch = spec,
        };
        Pipeline made = with?.Invoke(pipeline) ?? pipeline;
        ISource replay = made.Source.Connector.OpenSource(made.Source.Options, new ConnectorContext { Job = "job" });
        return BatchingChoice.FindAsync(made, resumes ? replay : new Unresumable(replay), new MemorySink(target), default).AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public void A_full_read_that_cannot_go_on_is_one_epoch()
    {
        Assert.Equal("the run is one epoch (suggested)", Choose(null, resumes: false).Description);
        Assert.StartsWith("time_window", Choose(null, p => p with { ReadMode = ReadMode.Incremental }, resumes: false).Description, StringComparison.Ordinal);
        var refused = Assert.Throws<MillraceException>(() => Choose(new BatchSpec { Strategy = BatchStrategy.FixedSize }, resumes: false));
        Assert.Contains("cannot go on in the middle", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Unresumable(ISource inner) : ISource
    {
        public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => ValueTask.FromResult(false);

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

        public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => inner.DiscoverAsync(cancellation);

        public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => inner.PlanAsync(request, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
