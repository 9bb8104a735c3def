using Millrace.Columnar;

namespace Millrace.Runtime.Tests.Batching;

/// <summary>When each strategy closes an epoch.</summary>
public sealed class StrategyTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Fixed_size_closes_at_its_rows_and_takes_no_batch_that_would_pass_them()
    {
        var batching = new FixedSizeBatching(100, null);
        Assert.False(batching.IsFull(new EpochSize(99, long.MaxValue, TimeSpan.FromDays(9))));
        Assert.True(batching.IsFull(new EpochSize(100, 0, TimeSpan.Zero)));
        Assert.True(batching.HasRoom(new EpochSize(60, 0, TimeSpan.Zero), 40));
        Assert.False(batching.HasRoom(new EpochSize(60, 0, TimeSpan.Zero), 41));
        Assert.Equal(100, batching.BatchRows);
        Assert.Equal(3847, new FixedSizeBatching(50_000, null).BatchRows);
        Assert.Null(batching.Window);
        Assert.True(new FixedSizeBatching(100, Second).IsFull(new EpochSize(1, 0, Second)));
    }

    [Fact]
    public void A_time_window_closes_at_its_age_only()
    {
        var batching = new TimeWindowBatching(Second);
        Assert.False(batching.IsFull(new EpochSize(long.MaxValue, long.MaxValue, Second - TimeSpan.FromTicks(1))));
        Assert.True(batching.IsFull(new EpochSize(1, 0, Second)));
        Assert.Equal(Second, batching.Window);
        Assert.Equal(RecordBatch.DefaultRows, batching.BatchRows);
    }

    [Fact]
    public void Memory_based_closes_at_its_bytes()
    {
        var batching = new MemoryBasedBatching(MemoryBasedBatching.DefaultBytes, null);
        Assert.False(batching.IsFull(new EpochSize(long.MaxValue, (1 << 20) - 1, TimeSpan.FromDays(1))));
        Assert.True(batching.IsFull(new EpochSize(1, 1 << 20, TimeSpan.Zero)));
        Assert.True(batching.BatchRows < RecordBatch.DefaultRows);
        Assert.True(new MemoryBasedBatching(1 << 20, Second).IsFull(new EpochSize(1, 1, Second)));
    }

    [Fact]
    public void Low_latency_closes_at_one_row_or_a_millisecond()
    {
        var batching = new LowLatencyBatching(LowLatencyBatching.DefaultRows, LowLatencyBatching.DefaultWindow);
        Assert.Equal(1, batching.BatchRows);
        Assert.True(batching.IsFull(new EpochSize(1, 0, TimeSpan.Zero)));
        Assert.False(batching.IsFull(new EpochSize(0, 0, TimeSpan.FromMilliseconds(0.9))));
        Assert.True(batching.IsFull(new EpochSize(0, 0, TimeSpan.FromMilliseconds(1))));
    }

    [Fact]
    public void A_whole_run_is_never_full()
        => Assert.False(new WholeRunBatching().IsFull(new EpochSize(long.MaxValue, long.MaxValue, TimeSpan.MaxValue)));
}
