using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Limits;

public sealed class RateLimiterTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_batch_larger_than_the_rate_passes_and_is_paid_afterwards()
    {
        var limiter = new RateLimiter(1000, Second, _time);

        Assert.Equal(8.192, limiter.Take(8192).TotalSeconds, 6);
        _time.Advance(Second);
        Assert.Equal(7.192, limiter.Take(0).TotalSeconds, 6);
    }

    [Fact]
    public void The_average_holds_whatever_the_sizes_of_batches_and_the_speed_of_the_source()
    {
        var random = new Random(17);
        for (int turn = 0; turn < 200; turn++)
        {
            long rate = random.Next(1, 1_000_000);
            var limiter = new RateLimiter(rate, Second, _time);
            DateTimeOffset start = _time.GetUtcNow();
            double total = 0;
            for (int batch = 0; batch < 100; batch++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 200)));
                long units = random.Next(0, 100_000);
                total += units;
                _time.Advance(limiter.Take(units) + TimeSpan.FromTicks(1));
                double elapsed = (_time.GetUtcNow() - start).TotalSeconds;
                Assert.True(total <= (rate * elapsed) + 1, $"{total} units in {elapsed}s at {rate}/s");
            }
        }
    }

    [Fact]
    public void A_source_slower_than_the_limit_is_never_held_up()
    {
        var limiter = new RateLimiter(1000, Second, _time);
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(TimeSpan.Zero, limiter.Take(8192));
        }
    }

    [Fact]
    public void A_long_pause_is_credited_up_to_the_burst_only()
    {
        var limiter = new RateLimiter(1000, Second, _time);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, limiter.Take(600));
        Assert.Equal(TimeSpan.Zero, limiter.Take(400));
        Assert.Equal(0.5, limiter.Take(500).TotalSeconds, 6);
    }

    [Fact]
    public void No_amount_overflows_the_wait()
    {
        var limiter = new RateLimiter(1, Second, _time);

        Assert.Equal(TimeSpan.MaxValue, limiter.Take(long.MaxValue));
        Assert.Equal(TimeSpan.MaxValue, limiter.Take(long.MaxValue));
    }

    [Fact]
    public void Of_two_limits_the_slower_one_counts_and_not_their_sum()
    {
        var pace = new JobPace(new LimitsSpec { RowsPerSecond = 100, BytesPerSecond = new ByteSize(1000) }, _time);

        Assert.Equal(5, pace.Take(500, 4000).TotalSeconds, 6);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(6, pace.Take(100, 7000).TotalSeconds, 6);
    }

    [Fact]
    public void Without_limits_nothing_waits()
    {
        var pace = new JobPace(new LimitsSpec(), _time);

        Assert.Equal(TimeSpan.Zero, pace.Take(long.MaxValue, long.MaxValue));
    }

    [Fact]
    public async Task Asleep_for_what_it_owes_a_job_owes_nothing_after_it()
    {
        var pace = new JobPace(new LimitsSpec { RowsPerSecond = 3 }, _time);
        Task sleep = pace.SleepAsync(pace.Take(1, 0), CancellationToken.None).AsTask();

        _time.Advance(TimeSpan.FromMilliseconds(333));
        Assert.False(sleep.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await sleep.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.Zero, pace.Take(0, 0));
    }

    [Fact]
    public async Task A_sleep_of_months_can_be_ended()
    {
        var pace = new JobPace(new LimitsSpec { RowsPerSecond = 1 }, _time);
        using var stop = new CancellationTokenSource();
        Task sleep = pace.SleepAsync(pace.Take(long.MaxValue, 0), stop.Token).AsTask();

        await stop.CancelAsync();

        await sleep.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, _time.Waiting);
    }

    [Theory]
    [InlineData(8, null, null, 8)]
    [InlineData(8, 3, null, 3)]
    [InlineData(2, 3, null, 2)]
    [InlineData(8, null, 12L << 20, 4)]
    [InlineData(8, 2, 12L << 20, 2)]
    [InlineData(8, null, 1L, 1)]
    public void Lanes_keep_to_the_splits_and_the_memory_of_the_job(int threads, int? splits, long? memory, int lanes)
        => Assert.Equal(lanes, new LimitsSpec { Splits = splits, Memory = memory is { } bytes ? new ByteSize(bytes) : null }.Lanes(threads));
}
