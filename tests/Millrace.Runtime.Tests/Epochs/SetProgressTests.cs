using System.Text.Json;
using Millrace.Runtime.Tests.DeadLetters;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Runs whose progress somebody else moves while they hold nothing, since they wait to try again.</summary>
public sealed class SetProgressTests : IDisposable
{
    private const long BadId = 7;

    private static readonly ErrorCode Reset = new("MR9001", "The connection was reset.", "", ErrorDomain.External, ErrorClass.Retryable);

    private RunnerHarness _harness = null!;
    private bool _isFixed;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task A_run_reads_everything_again_when_its_progress_was_reset_meanwhile()
    {
        // The target holds no progress, so that it is in the state store.
        RunSummary summary = await RunAsync(DeliveryGuarantee.AtLeastOnce, ResetAsync);

        Assert.Equal((RunOutcome.Succeeded, null), (summary.Outcome, summary.Error?.Describe()));
        Assert.Contains("a command has set the progress of the job while this run waited to try again; it goes on behind epoch 2", summary.Notes);
        Assert.Equal([.. _harness.Input.GoodRows.Take(20), .. _harness.Input.GoodRows], _harness.Target.Rows);
    }

    [Fact]
    public async Task A_run_goes_on_behind_the_epochs_of_a_replay()
    {
        RunSummary summary = await RunAsync(DeliveryGuarantee.ExactlyOnce, ReplayAsync);

        Assert.Null(summary.Error?.Describe());
        Assert.Contains(summary.Notes, n => n.EndsWith("goes on behind epoch 2", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), Ids());
    }

    [Fact]
    public async Task A_run_goes_on_behind_several_commands()
    {
        RunSummary summary = await RunAsync(DeliveryGuarantee.AtLeastOnce, async () =>
        {
            await ResetAsync();
            await ResetAsync();
        });

        Assert.Null(summary.Error?.Describe());
        Assert.Equal(80, _harness.Target.Rows.Count);
    }

    [Fact]
    public async Task A_run_that_found_the_commit_of_another_run_ends()
    {
        RunSummary summary = await RunAsync(DeliveryGuarantee.ExactlyOnce, RivalAsync);

        Assert.Equal(ProgressErrors.Fenced, summary.Error?.Code);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i).Where(i => i != BadId), Ids());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_after_the_commit_of_another_run_does_not_hide_that(bool replays)
    {
        RunSummary summary = await RunAsync(replays ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.AtLeastOnce, async () =>
        {
            await RivalAsync();
            await (replays ? ReplayAsync() : ResetAsync());
        });

        Assert.Equal(ProgressErrors.Fenced, summary.Error?.Code);
    }

    [Fact]
    public async Task A_later_run_does_not_take_an_old_command_for_a_new_one()
    {
        await RunAsync(DeliveryGuarantee.ExactlyOnce, ReplayAsync);

        _harness.Input.AddKey(60);
        RunSummary summary = await RunAgainAsync(RivalAsync);

        Assert.Equal(ProgressErrors.Fenced, summary.Error?.Code);
    }

    // The second commit fails; `meanwhile` happens before the run tries again. It ends when it has caught up.
    private async Task<RunSummary> RunAsync(DeliveryGuarantee guarantee, Func<Task> meanwhile)
    {
        ReplayInput input = new ReplayInput(1) { MaxBatchRows = 10, Grows = true }.AddKey(Enumerable.Range(0, 60).Select(i => i == BadId && guarantee == DeliveryGuarantee.ExactlyOnce ? ReplayKind.Bad : ReplayKind.Good));
        _harness = new RunnerHarness(input, new MemoryTarget { Guarantee = guarantee })
        {
            Shape = p => p with
            {
                Source = new Endpoint("replay", new FixableConnector(input, _ => !_isFixed), new NoOptions()),

                // Without jitter: a wait of no length would be over before the commands that come meanwhile.
                Failure = new FailureSpec { Strategy = FailureStrategy.DeadLetter, Retry = new RetrySpec { Jitter = RetryJitter.None } },
                Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 20 },
                Limits = new LimitsSpec { StallWarning = TimeSpan.Zero },
            },
        };
        return await RunAgainAsync(meanwhile);
    }

    private async Task<RunSummary> RunAgainAsync(Func<Task> meanwhile)
    {
        int commits = 0;
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        _harness.Target.OnStep = (step, _, _) => step == MemoryStep.Commit && ++commits == 2 ? throw Reset.Error("x") : ValueTask.CompletedTask;
        _harness.Input.OnIdle = _ =>
        {
            stop.Cancel();
            return ValueTask.CompletedTask;
        };
        var progress = new RunProgress();
        progress.Noticed += notice =>
        {
            // Other things are noticed too, while the run still holds what `meanwhile` takes.
            if (notice.Contains("tried again in", StringComparison.Ordinal))
            {
                waiting.TrySetResult();
            }
        };
        Task<RunSummary> run = Task.Run(() => new PipelineRunner(_harness.Pipeline(FaultPlan.None()) with { Follows = true }, progress).RunAsync(stop.Token), CancellationToken.None);

        // The clock stands still, so the run waits for as long as this takes.
        await Task.WhenAny(waiting.Task, run);
        _harness.Time.Advance(TimeSpan.FromMilliseconds(1));
        await meanwhile();
        await _harness.Time.DriveAsync(run, stop.Token);
        return await run;
    }

    private async Task ResetAsync()
    {
        await using JobProgress progress = await JobProgress.OpenAsync(_harness.Pipeline(FaultPlan.None()), CancellationToken.None);
        await progress.ApplyAsync(progress.Reset(removeRows: false), CancellationToken.None);
    }

    private async Task ReplayAsync()
    {
        _isFixed = true;
        ReplaySummary summary = await new ReplayRunner(_harness.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);
        Assert.Equal((1, null), (summary.Replayed, summary.Error?.Describe()));
    }

    // It reads what there is, and ends.
    private async Task RivalAsync()
        => Assert.Null((await new PipelineRunner(_harness.Pipeline(FaultPlan.None())).RunAsync(CancellationToken.None)).Error?.Describe());

    private IEnumerable<long> Ids() => _harness.Target.Rows.Select(r => JsonDocument.Parse(r).RootElement.GetProperty("id").GetInt64()).Order();
}
