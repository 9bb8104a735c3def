using Millrace.Columnar;
using Millrace.Runtime.Tests.Pipelines;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Limits;

public sealed class RunStagesTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _reports = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_split_that_hangs_is_named_and_the_writer_waits_for_it(int lanes)
    {
        using RunStages stages = Stages();
        var plan = new FakePlan(splits: 6, batchesPerSplit: 2, rowsPerBatch: 5) { HangAt = 2 };
        using var stop = new CancellationTokenSource();
        stages.Write.WaitFor(RunStages.Reading);
        Task<int> reading = DrainAsync(Lanes(plan, lanes, stages), stop.Token);
        await plan.Hung.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Contains("read has made no progress for 1m: reading s2; write waits for it", _reports);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_writer_that_hangs_is_named_and_what_was_read_waits_for_it()
    {
        using RunStages stages = Stages();
        var plan = new FakePlan(splits: 6, batchesPerSplit: 2, rowsPerBatch: 5);
        await using IAsyncEnumerator<LaneBatch> batches = Lanes(plan, 1, stages).ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await batches.MoveNextAsync());
        using RecordBatch? batch = batches.Current.Batch;
        stages.Write.Work("writing epoch 12");

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(["write has made no progress for 1m: writing epoch 12; read waits for it"], _reports);
    }

    [Fact]
    public async Task A_run_that_ended_leaves_nothing_under_watch_but_the_writer()
    {
        using RunStages stages = Stages();
        await DrainAsync(Lanes(new FakePlan(splits: 6, batchesPerSplit: 2, rowsPerBatch: 5), 3, stages), TestContext.Current.CancellationToken);
        stages.Write.Rest();
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_reports);
    }

    private RunStages Stages()
    {
        var stages = new RunStages(new LimitsSpec(), _time, text =>
        {
            lock (_reports)
            {
                _reports.Add(text);
            }
        });
        stages.Start();
        return stages;
    }

    private static async Task<int> DrainAsync(OrderedLanes lanes, CancellationToken cancellation)
    {
        int batches = 0;
        await foreach (LaneBatch next in lanes.ReadAsync(cancellation))
        {
            next.Batch?.Dispose();
            batches++;
        }

        return batches;
    }

    private static OrderedLanes Lanes(FakePlan plan, int lanes, RunStages stages)
        => new(plan, new RowShaper(plan.Schema, null, "x"), new FailureSpec(), null, lanes, stages);
}
