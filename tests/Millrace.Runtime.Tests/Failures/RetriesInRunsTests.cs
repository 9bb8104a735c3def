using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.Failures;

/// <summary>Runs whose target fails now and then, on a clock that stands still while they work.</summary>
public sealed class RetriesInRunsTests : IDisposable
{
    private static readonly ErrorCode Reset = new("MR9001", "The connection was reset.", "", ErrorDomain.External, ErrorClass.Retryable);

    private readonly List<DateTimeOffset> _commits = [];
    private readonly List<string> _notices = [];
    private readonly RunnerHarness _harness;
    private Func<int, MillraceException?> _fault = _ => null;

    public RetriesInRunsTests()
    {
        var target = new MemoryTarget { Remote = "memory:host" };
        _harness = new RunnerHarness(new ReplayInput(1) { MaxBatchRows = 10 }.AddKey(60), target)
        {
            Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 20 } },
        };
        target.OnStep = (step, _, _) =>
        {
            if (step == MemoryStep.Commit)
            {
                _commits.Add(_harness.Time.GetUtcNow());
                if (_fault(_commits.Count - 1) is { } error)
                {
                    throw error;
                }
            }

            return ValueTask.CompletedTask;
        };
    }

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task What_passes_is_tried_again_after_growing_waits_and_no_row_is_lost_or_doubled()
    {
        _fault = n => n is 1 or 2 ? Reset.Error("x") : null;
        RunSummary summary = await RunAsync(new FailureSpec { Retry = new RetrySpec { Jitter = RetryJitter.None } });

        Assert.Equal((RunOutcome.Succeeded, 2, 60L), (summary.Outcome, summary.Retries, summary.Rows));
        Assert.Equal(_harness.Input.GoodRows, _harness.Target.Rows);
        Assert.Equal([0, 1, 2], _commits.Zip(_commits.Skip(1), (a, b) => (b - a).TotalSeconds).Take(3));
        Assert.Equal(["attempt 1 failed, tried again in 1s: MR9001 x", "attempt 2 failed, tried again in 2s: MR9001 x"], _notices);
        Assert.Contains("tried again 2 times, the last time after: MR9001 x", summary.Notes);
    }

    [Fact]
    public async Task Without_retries_the_first_error_ends_the_run_and_the_commits_before_it_stay()
    {
        _fault = n => n == 2 ? Reset.Error("x") : null;
        RunSummary summary = await RunAsync(new FailureSpec());

        Assert.Equal((RunOutcome.Failed, 0, Reset), (summary.Outcome, summary.Retries, summary.Error?.Code));
        Assert.Equal(_harness.Input.GoodRows.Take(40), _harness.Target.Rows);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("MR3003", 4)]
    public async Task A_full_disk_ends_the_run_unless_the_job_names_it(string? code, int retries)
    {
        _fault = _ => StorageErrors.DiskFull.Error("x");
        RunSummary summary = await RunAsync(new FailureSpec { Retry = new RetrySpec { Codes = code is null ? [] : [code] } });

        Assert.Equal((RunOutcome.Failed, retries, StorageErrors.DiskFull), (summary.Outcome, summary.Retries, summary.Error?.Code));
        Assert.Equal(retries > 0, summary.Notes.Contains("not tried again: 5 of 5 attempts failed"));
        Assert.Empty(_harness.Target.Rows);
    }

    [Fact]
    public async Task The_strategy_retry_with_backoff_retries_and_stops_at_a_bad_row()
    {
        _fault = n => n == 0 ? Reset.Error("x") : null;
        _harness.Input.AddKey([ReplayKind.Bad]);
        RunSummary summary = await RunAsync(new FailureSpec { Strategy = FailureStrategy.RetryWithBackoff });

        Assert.Equal((RunOutcome.Failed, 1, ErrorClass.Data), (summary.Outcome, summary.Retries, summary.Error?.Code.Class));
    }

    [Fact]
    public async Task Every_commit_gives_back_the_attempts()
    {
        _fault = n => n % 2 == 0 ? Reset.Error("x") : null;
        RunSummary summary = await RunAsync(new FailureSpec { Retry = new RetrySpec { Attempts = 2 } });

        Assert.Equal((RunOutcome.Succeeded, true), (summary.Outcome, summary.Retries >= 3));
        Assert.Equal(_harness.Input.GoodRows, _harness.Target.Rows);
    }

    [Fact]
    public async Task A_timeout_of_a_library_is_tried_again_too()
    {
        bool failed = false;
        _harness.Input.OnRead = _ => failed ? ValueTask.CompletedTask : throw Fail();
        RunSummary summary = await RunAsync(new FailureSpec { Retry = new RetrySpec() });

        Assert.Equal((RunOutcome.Succeeded, 1), (summary.Outcome, summary.Retries));

        TimeoutException Fail()
        {
            failed = true;
            return new TimeoutException("x");
        }
    }

    [Fact]
    public async Task A_run_that_waits_to_try_again_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        _fault = n => n == 1 ? Reset.Error("x") : null;
        var progress = new RunProgress();
        progress.Noticed += _ => stop.Cancel();
        _harness.Shape = Shaped(_harness.Shape, new FailureSpec { Retry = new RetrySpec { InitialDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1), TotalTime = TimeSpan.FromDays(1), Jitter = RetryJitter.None } });

        RunSummary summary = await new PipelineRunner(_harness.Pipeline(FaultPlan.None()), progress).RunAsync(stop.Token).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(RunOutcome.Failed, summary.Outcome);
        Assert.Equal(_harness.Input.GoodRows.Take(20), _harness.Target.Rows);
    }

    [Fact]
    public async Task A_remote_that_keeps_failing_is_left_alone_by_every_job_and_asked_again_after_the_time()
    {
        var breakers = new BreakerRegistry(_harness.Time);
        var failure = new FailureSpec
        {
            Retry = new RetrySpec { Attempts = 4, Jitter = RetryJitter.None },
            Breaker = new BreakerSpec { Failures = 3, OpenFor = TimeSpan.FromSeconds(60) },
        };
        var states = new List<BreakerState>();
        _fault = n =>
        {
            states.Add(breakers.For("memory:host").StateFor(failure.Breaker));
            return n < 3 ? Reset.Error("x") : null;
        };
        _harness.Shape = Breakers(_harness.Shape, breakers);
        RunSummary summary = await RunAsync(failure);

        // After 0, 1 and 3 seconds three attempts failed; the fourth waits for the breaker.
        Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
        Assert.Equal([1, 2, 60], _commits.Zip(_commits.Skip(1), (a, b) => (b - a).TotalSeconds).Take(3));
        Assert.Contains(summary.Notes, n => n.StartsWith("tried again 4 times, the last time after: MR4030 memory:host failed 3 times in a row", StringComparison.Ordinal));
        Assert.Contains(_notices, n => n.StartsWith("held back, tried again in 56s: MR4030 memory:host failed 3 times in a row", StringComparison.Ordinal));

        // The first commit shows that the remote is back; the others need not wait for the end of the run.
        Assert.Equal([BreakerState.HalfOpen, BreakerState.Closed], states.Skip(3).Take(2));
    }

    private async Task<RunSummary> RunAsync(FailureSpec failure)
    {
        _harness.Shape = Shaped(_harness.Shape, failure);
        var progress = new RunProgress();
        progress.Noticed += _notices.Add;
        Task<RunSummary> run = new PipelineRunner(_harness.Pipeline(FaultPlan.None()), progress).RunAsync(TestContext.Current.CancellationToken);
        await _harness.Time.DriveAsync(run);
        return await run;
    }

    private static Func<Pipeline, Pipeline> Shaped(Func<Pipeline, Pipeline> before, FailureSpec failure)
        => p => before(p) with { Failure = failure, Limits = new LimitsSpec { StallWarning = TimeSpan.Zero } };

    private static Func<Pipeline, Pipeline> Breakers(Func<Pipeline, Pipeline> before, BreakerRegistry breakers)
        => p => before(p) with { Breakers = breakers };
}
