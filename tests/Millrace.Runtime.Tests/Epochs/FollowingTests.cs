using System.Collections.Concurrent;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Runs that follow their source for a long time: what they make of silence, of trouble now and then, and of a stop.</summary>
public sealed class FollowingTests : IDisposable
{
    private static readonly ErrorCode Reset = new("MR9001", "The connection was reset.", "", ErrorDomain.External, ErrorClass.Retryable);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _notices = [];
    private readonly RunProgress _progress = new();
    private readonly RunnerHarness _harness = new(new ReplayInput(1) { Grows = true }.AddKey(5)) { Shape = Unwatched };

    // The watchdog's timer would move the clock while the run works.
    private static Pipeline Unwatched(Pipeline pipeline) => pipeline with { Follows = true, Limits = new LimitsSpec { StallWarning = TimeSpan.Zero } };

    public void Dispose()
    {
        _harness.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Trouble_that_comes_once_a_day_never_uses_up_the_retries_of_a_source_without_news()
    {
        int plans = 0;
        _harness.Input.OnPlan = _ => ++plans % 2 == 0 ? throw Reset.Error("x") : ValueTask.CompletedTask;
        _harness.Input.OnIdle = _ =>
        {
            _harness.Time.Advance(TimeSpan.FromDays(1));
            if (plans > 40)
            {
                _stop.Cancel();
            }

            return ValueTask.CompletedTask;
        };

        RunSummary summary = await RunAsync();

        Assert.Equal((RunOutcome.Succeeded, null), (summary.Outcome, summary.Error?.Code));
        Assert.True(summary.Retries >= 19);
        Assert.Equal(_harness.Input.GoodRows, _harness.Target.Rows);
    }

    [Fact]
    public async Task Trouble_that_stays_uses_up_the_retries_though_the_source_is_read_to_its_end_each_time()
    {
        _harness.Target.OnStep = (step, _, _) => step == MemoryStep.Commit ? throw Reset.Error("x") : ValueTask.CompletedTask;

        RunSummary summary = await RunAsync();

        Assert.Equal((RunOutcome.Failed, Reset), (summary.Outcome, summary.Error?.Code));
        Assert.Equal(4, summary.Retries);
    }

    [Fact]
    public async Task A_source_is_asked_for_a_plan_only_after_it_has_left_off_looking_for_changes()
    {
        bool looking = false;
        bool together = false;
        int plans = 0;
        _harness.Input.OnPlan = _ =>
        {
            together |= looking;
            if (++plans > 3)
            {
                _stop.Cancel();
            }

            return ValueTask.CompletedTask;
        };
        _harness.Input.OnIdle = async cancellation =>
        {
            looking = true;
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            for (int i = 0; i < 100; i++)
            {
                await Task.Yield();
            }

            looking = false;
        };

        await RunAsync();

        Assert.False(together);
        Assert.True(plans > 3);
    }

    [Fact]
    public async Task An_error_while_looking_for_changes_is_one_of_the_run()
    {
        int idle = 0;
        _harness.Input.OnIdle = _ =>
        {
            if (++idle == 1)
            {
                throw Reset.Error("x");
            }

            _stop.Cancel();
            return ValueTask.CompletedTask;
        };

        RunSummary summary = await RunAsync();

        Assert.Equal((RunOutcome.Succeeded, 1), (summary.Outcome, summary.Retries));
        Assert.Equal(_harness.Input.GoodRows, _harness.Target.Rows);
    }

    [Fact]
    public async Task A_run_that_waits_for_input_is_not_stuck_in_its_last_commit()
    {
        _harness.Shape = p => p with { Follows = true, Poll = TimeSpan.FromHours(1), Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromSeconds(10) } };
        Task<RunSummary> run = StartAsync();
        for (int minute = 0; minute < 10;)
        {
            // Only the waiting takes time.
            await Task.Yield();
            if (_progress.Stage == "waiting for input")
            {
                bool isCommitted = _harness.Target.Commits.Count > 0;
                minute += isCommitted ? 1 : 0;
                _harness.Time.Advance(isCommitted ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1));
            }
        }

        await _stop.CancelAsync();
        Assert.Equal(RunOutcome.Succeeded, (await run).Outcome);
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task A_stop_during_the_first_plan_is_no_failure()
    {
        _harness.Input.OnPlan = cancellation =>
        {
            _stop.Cancel();
            cancellation.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        };

        RunSummary summary = await RunAsync();

        Assert.Equal((RunOutcome.Succeeded, null), (summary.Outcome, summary.Error?.Code));
        Assert.Empty(_harness.Target.Commits);
    }

    [Fact]
    public async Task A_stop_before_anything_new_was_read_leaves_the_target_as_it_is()
    {
        _harness.Input.OnIdle = _ =>
        {
            _stop.Cancel();
            return ValueTask.CompletedTask;
        };

        // Nothing waits but for the stop: a clock that is driven would let its deadline pass.
        await StartAsync();
        Assert.Single(_harness.Target.Commits);

        using var second = new CancellationTokenSource();
        _harness.Input.OnPlan = _ =>
        {
            second.Cancel();
            return ValueTask.CompletedTask;
        };
        RunSummary summary = await _harness.RunAsync(second.Token);

        Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
        Assert.Single(_harness.Target.Commits);
    }

    [Fact]
    public async Task Windows_and_polls_of_years_are_waited_for()
    {
        TimeSpan years = TimeSpan.FromDays(1000);
        _harness.Shape = p => Unwatched(p) with { Poll = years, Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = years } };
        Task<RunSummary> run = StartAsync();
        while (_harness.Target.Commits.Count == 0 && !run.IsCompleted)
        {
            _harness.Time.Advance(TimeSpan.FromDays(1));
            await Task.Yield();
        }

        await _stop.CancelAsync();
        Assert.Equal((RunOutcome.Succeeded, 5L), ((await run).Outcome, (await run).Rows));
    }

    [Fact]
    public async Task The_error_of_a_run_is_not_hidden_by_one_of_clearing_up_after_it()
    {
        _harness.Shape = p => p;
        _harness.Target.OnStep = (_, _, _) => throw Reset.Error("the cause");
        _harness.Target.OnAbort = () => throw new InvalidOperationException("cannot clear up");

        RunSummary summary = await _harness.RunAsync();

        Assert.Equal(Reset, summary.Error?.Code);
        Assert.Contains(summary.Notes, n => n.Contains("cannot clear up", StringComparison.Ordinal));
    }

    private async Task<RunSummary> RunAsync()
    {
        Task<RunSummary> run = StartAsync();
        await _harness.Time.DriveAsync(run, _stop.Token);
        return await run;
    }

    private Task<RunSummary> StartAsync()
    {
        _progress.Noticed += _notices.Enqueue;
        return Task.Run(() => new PipelineRunner(_harness.Pipeline(FaultPlan.None()), _progress).RunAsync(_stop.Token));
    }
}
