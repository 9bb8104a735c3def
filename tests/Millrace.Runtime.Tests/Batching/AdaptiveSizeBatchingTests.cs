namespace Millrace.Runtime.Tests.Batching;

/// <summary>The size of epochs against a target whose latency is a formula.</summary>
public sealed class AdaptiveSizeBatchingTests
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(100);

    public static TheoryData<double, double> Costs => new()
    {
        // Milliseconds for an epoch, and for each of its rows.
        { 0, 0.05 },
        { 0, 0.2 },
        { 0, 1 },
        { 0, 9 },
        { 5, 0.3 },
        { 30, 0.3 },
        { 60, 0.11 },
        { 90, 0.5 },
    };

    [Theory]
    [MemberData(nameof(Costs))]
    public void Epochs_grow_to_what_the_target_latency_allows_and_stay_there(double perEpoch, double perRow)
    {
        var batching = New();
        Run(batching, 40, rows => perEpoch + (perRow * rows));
        for (int i = 0; i < 50; i++)
        {
            double latency = perEpoch + (perRow * batching.Size);
            Assert.True(latency <= 105 || batching.Size == 10, $"{latency} ms for {batching.Size} rows");
            Assert.True(latency >= 60 || batching.Size == 1000, $"{latency} ms for {batching.Size} rows");
            Run(batching, 1, rows => perEpoch + (perRow * rows));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Noise_does_not_drive_the_size_away(int seed)
    {
        var random = new Random(seed);
        var batching = New();
        Run(batching, 40, rows => rows * 0.4 * (0.8 + (0.4 * random.NextDouble())));
        for (int i = 0; i < 200; i++)
        {
            Run(batching, 1, rows => rows * 0.4 * (0.8 + (0.4 * random.NextDouble())));
            Assert.InRange(batching.Size, 100, 320);
        }
    }

    [Theory]
    [MemberData(nameof(Costs))]
    public void After_a_spike_the_size_comes_back(double perEpoch, double perRow)
    {
        var batching = New();
        Run(batching, 40, rows => perEpoch + (perRow * rows));
        int before = batching.Size;

        Run(batching, 8, _ => 5000);
        Assert.Equal(10, batching.Size);

        Run(batching, 12, rows => perEpoch + (perRow * rows));
        double latency = perEpoch + (perRow * batching.Size);
        Assert.True(latency >= 60 || batching.Size == before, $"{latency} ms for {batching.Size} rows, {before} before");
    }

    [Fact]
    public void One_slow_epoch_costs_no_more_than_nine_tenths_of_the_size()
    {
        var batching = New();
        Run(batching, 20, _ => 1);
        Assert.Equal(1000, batching.Size);
        Run(batching, 1, _ => 1_000_000);
        Assert.Equal(100, batching.Size);
    }

    [Fact]
    public void The_size_stays_within_its_bounds()
    {
        var random = new Random(4);
        var batching = new AdaptiveSizeBatching(7, 900, Target, null);
        for (int i = 0; i < 1000; i++)
        {
            Run(batching, 1, _ => Math.Exp(random.NextDouble() * 12) / 100);
            Assert.InRange(batching.Size, 7, 900);
        }
    }

    [Fact]
    public void Epochs_that_were_closed_half_full_say_nothing_about_full_ones()
    {
        var batching = New();
        for (int i = 0; i < 20; i++)
        {
            batching.Committed(new EpochSize(3, 0, TimeSpan.Zero), TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(10, batching.Size);
    }

    [Fact]
    public void Readers_are_asked_for_batches_that_fit_the_smallest_epoch()
    {
        Assert.Equal(10, New().BatchRows);
        Assert.Equal(1000, new AdaptiveSizeBatching(10, 100_000, Target, null).BatchRows);
    }

    [Fact]
    public void An_epoch_is_full_at_its_size_and_at_its_age()
    {
        var batching = new AdaptiveSizeBatching(10, 1000, Target, TimeSpan.FromSeconds(2));
        Assert.False(batching.IsFull(new EpochSize(9, 0, TimeSpan.FromSeconds(1.9))));
        Assert.True(batching.IsFull(new EpochSize(10, 0, TimeSpan.Zero)));
        Assert.True(batching.IsFull(new EpochSize(1, 0, TimeSpan.FromSeconds(2))));
        Assert.False(batching.HasRoom(new EpochSize(8, 0, TimeSpan.Zero), 3));
        Assert.True(batching.HasRoom(new EpochSize(8, 0, TimeSpan.Zero), 2));
    }

    private static AdaptiveSizeBatching New() => new(AdaptiveSizeBatching.DefaultMin, AdaptiveSizeBatching.DefaultMax, AdaptiveSizeBatching.DefaultTarget, null);

    private static void Run(AdaptiveSizeBatching batching, int epochs, Func<int, double> milliseconds)
    {
        for (int i = 0; i < epochs; i++)
        {
            int rows = batching.Size;
            batching.Committed(new EpochSize(rows, rows * 10, TimeSpan.Zero), TimeSpan.FromMilliseconds(milliseconds(rows)));
        }
    }
}
