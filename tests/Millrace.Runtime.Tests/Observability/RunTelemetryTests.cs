using Millrace.Columnar;
using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Observability;

public sealed class RunTelemetryTests : IDisposable
{
    private readonly RunnerHarness _harness = new(new ReplayInput(1)) { Shape = p => p with { Tenant = "lag" } };
    private readonly RunProgress _progress = new();
    private readonly RunTelemetry _telemetry;

    public RunTelemetryTests() => _telemetry = new RunTelemetry(_harness.Pipeline(FaultPlan.None()), "run", _progress, null);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Lag_in_bytes_is_what_the_plan_has_and_is_not_read()
    {
        Assert.Null(_telemetry.LagBytes);

        _progress.Expect(1000, null);
        _progress.AddRows(1, 400);
        Assert.Equal(600, _telemetry.LagBytes);

        _progress.AddRows(1, 700);
        Assert.Equal(0, _telemetry.LagBytes);
    }

    [Fact]
    public void Lag_in_time_grows_while_nothing_new_arrives()
    {
        _telemetry.Planned(new Plan(null));
        Assert.Null(_telemetry.LagSeconds);

        _telemetry.Planned(new Plan(_harness.Time.GetUtcNow()));
        _harness.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(90, _telemetry.LagSeconds);
    }

    [Fact]
    public void How_far_the_target_is_behind_is_asked_of_the_source_and_kept_when_the_attempt_ends()
    {
        Assert.Null(_telemetry.Behind);
        var source = new BehindSource();
        _progress.Watch(source);
        Assert.Equal(source.Lag, _telemetry.Behind);
        source.Lag = new SourceLag(TimeSpan.Zero, 7);
        _progress.Watch(null);
        Assert.Equal(new SourceLag(TimeSpan.Zero, 7), _telemetry.Behind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_allocates_nothing(bool listens)
    {
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        if (listens)
        {
            listener.InstrumentPublished = (instrument, me) => me.EnableMeasurementEvents(instrument);
            listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
            listener.Start();
        }

        _telemetry.BatchRead(1, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _telemetry.BatchRead(8192, 1 << 20);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void The_gauge_of_breakers_shows_each_remote()
    {
        var breakers = new BreakerRegistry(_harness.Time);
        using (BreakerPass pass = breakers.Enter(new BreakerSpec { Failures = 1, OpenFor = TimeSpan.FromSeconds(30) }, "memory:a", "memory:b"))
        {
            Assert.Equal([("memory:a", 0L), ("memory:b", 0L)], States(breakers));
            pass.Failed(new MillraceException(ObservedRun.Reset, "x") { Remote = "memory:b" });
        }

        Assert.Equal([("memory:a", 0L), ("memory:b", 2L)], States(breakers));
        _harness.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([("memory:a", 0L), ("memory:b", 1L)], States(breakers));
    }

    private static IEnumerable<(string, long)> States(BreakerRegistry breakers)
        => breakers.States().Select(m => ((string)m.Tags[0].Value!, m.Value)).Order();

    private sealed class Plan(DateTimeOffset? newest) : IReadPlan
    {
        public Schema Schema => throw new NotSupportedException();

        public Pushdown Pushdown => throw new NotSupportedException();

        public DateTimeOffset? NewestInput => newest;

        public IAsyncEnumerable<Split> SplitsAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class BehindSource : ISource
    {
        public SourceLag? Lag { get; set; } = new(TimeSpan.FromSeconds(3), 100);

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
