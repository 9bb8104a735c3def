using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Limits;

public sealed class LimitsInRunsTests
{
    [Theory]
    [InlineData(100L, null)]
    [InlineData(null, 100L)]
    [InlineData(100L, 400L)]
    public async Task A_job_takes_as_long_as_its_rates_ask_for_and_not_longer(long? rows, long? bytes)
    {
        // A row stands for one byte of the input.
        using var harness = new RunnerHarness(new ReplayInput(3) { SplitRows = 200, MaxBatchRows = 40 }.AddKey(1000));
        harness.Shape = p => p with { Limits = new LimitsSpec { RowsPerSecond = rows, BytesPerSecond = bytes is { } b ? new ByteSize(b) : null, StallWarning = TimeSpan.Zero } };
        DateTimeOffset start = harness.Time.GetUtcNow();
        Task<RunSummary> run = new PipelineRunner(harness.Pipeline(FaultPlan.None())).RunAsync(TestContext.Current.CancellationToken);
        await harness.Time.DriveAsync(run);

        Assert.Equal((RunOutcome.Succeeded, 1000L), ((await run).Outcome, (await run).Rows));
        Assert.InRange((harness.Time.GetUtcNow() - start).TotalSeconds, 10, 10.1);
    }

    [Fact]
    public async Task Small_rates_make_small_batches()
    {
        using var harness = new RunnerHarness(new ReplayInput(3) { SplitRows = 200, MaxBatchRows = 40 }.AddKey(20));
        harness.Shape = p => p with { Limits = new LimitsSpec { RowsPerSecond = 2, StallWarning = TimeSpan.Zero } };
        int most = 0;
        harness.Target.OnStep = (step, rows, _) =>
        {
            most = step == MemoryStep.Write ? Math.Max(most, rows) : most;
            return ValueTask.CompletedTask;
        };
        Task<RunSummary> run = new PipelineRunner(harness.Pipeline(FaultPlan.None())).RunAsync(TestContext.Current.CancellationToken);
        await harness.Time.DriveAsync(run);

        Assert.Equal((2, 20L), (most, (await run).Rows));
    }

    [Fact]
    public async Task Epochs_are_committed_in_their_time_however_slow_the_job_has_to_be()
    {
        using var harness = new RunnerHarness(new ReplayInput(3) { SplitRows = 200, MaxBatchRows = 200 }.AddKey(200));
        harness.Shape = p => p with
        {
            Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromSeconds(3) },
            Limits = new LimitsSpec { BytesPerSecond = new ByteSize(2), StallWarning = TimeSpan.Zero },
        };
        DateTimeOffset start = harness.Time.GetUtcNow();
        TimeSpan? first = null;
        harness.Target.OnStep = (step, _, _) =>
        {
            first ??= step == MemoryStep.Commit ? harness.Time.GetUtcNow() - start : null;
            return ValueTask.CompletedTask;
        };
        Task<RunSummary> run = new PipelineRunner(harness.Pipeline(FaultPlan.None())).RunAsync(TestContext.Current.CancellationToken);
        await harness.Time.DriveAsync(run);

        Assert.Equal(TimeSpan.FromSeconds(3), first);
        Assert.Equal(200, (await run).Rows);
    }

    [Fact]
    public async Task A_stop_ends_a_job_that_waits_for_its_pace_and_commits_what_was_read()
    {
        using var harness = new RunnerHarness(new ReplayInput(3) { SplitRows = 200, MaxBatchRows = 40 }.AddKey(1000));
        harness.Shape = p => p with
        {
            Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 500 },
            Limits = new LimitsSpec { BytesPerSecond = new ByteSize(1), StallWarning = TimeSpan.Zero },
        };
        using var stop = new CancellationTokenSource();
        Task<RunSummary> run = new PipelineRunner(harness.Pipeline(FaultPlan.None())).RunAsync(stop.Token);
        await stop.CancelAsync();
        RunSummary summary = await run.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(RuntimeErrors.Cancelled, summary.Error?.Code);
        Assert.Equal(harness.Target.Rows.Count, summary.Rows);
    }

    [Fact]
    public async Task A_commit_that_does_not_come_back_is_named_while_the_run_goes_on()
    {
        using var harness = new RunnerHarness(new ReplayInput(3).AddKey(20));
        var release = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        harness.Target.OnStep = async (step, _, _) =>
        {
            if (step == MemoryStep.Commit)
            {
                begun.TrySetResult();
                await release.Task;
            }
        };
        var notices = new List<string>();
        var progress = new RunProgress();
        progress.Noticed += notices.Add;
        Task<RunSummary> run = new PipelineRunner(harness.Pipeline(FaultPlan.None()), progress).RunAsync(TestContext.Current.CancellationToken);
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        harness.Time.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(["write has made no progress for 1m: committing epoch 1 to memory"], notices);

        release.SetResult();
        RunSummary summary = await run;
        Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
        Assert.Contains(notices[0], summary.Notes);
        Assert.Equal(0, harness.Time.Waiting);
    }
}
