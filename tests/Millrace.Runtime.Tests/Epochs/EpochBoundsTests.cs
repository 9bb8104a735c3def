using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Where the runner closes epochs, seen from the target.</summary>
public sealed class EpochBoundsTests
{
    [Fact]
    public async Task No_epoch_of_a_fixed_size_is_larger_and_all_but_few_are_full()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            int size = random.Next(1, 40);
            using var harness = new RunnerHarness(new ReplayInput(seed) { SplitRows = random.Next(1, 60), MaxBatchRows = random.Next(1, 60) }.AddKey(random.Next(1, 200)).AddKey(90));
            harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = size }, Threads = random.Next(1, 4) };
            RunSummary summary = await harness.RunAsync();

            Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
            Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
            Assert.All(harness.Target.Commits, c => Assert.InRange(c.Rows, 0, size));
            Assert.Equal(harness.Target.Commits.Count, summary.Epochs);
            Assert.Equal(harness.Target.Commits.Select(c => c.Checkpoint.Epoch), harness.Input.Acknowledged);
        }
    }

    [Fact]
    public async Task Low_latency_commits_every_row_by_itself()
    {
        using var harness = new RunnerHarness(new ReplayInput(1).AddKey(25));
        harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.LowLatency } };
        await harness.RunAsync();
        Assert.Equal(Enumerable.Repeat(1, 25), harness.Target.Commits.Select(c => c.Rows).Where(r => r > 0));
    }

    [Fact]
    public async Task Memory_based_epochs_pass_their_limit_by_one_batch_at_most()
    {
        using var harness = new RunnerHarness(new ReplayInput(1) { SplitRows = 500, MaxBatchRows = 50 }.AddKey(2000));
        harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.MemoryBased, Memory = new ByteSize(8 << 10) } };
        await harness.RunAsync();

        // A row has eight bytes of number, four to five of offset and five to eight of name, validity aside.
        Assert.True(harness.Target.Commits.Count > 3);
        Assert.All(harness.Target.Commits.SkipLast(1), c => Assert.InRange(c.Rows, (8 << 10) / 24, ((8 << 10) / 17) + 50));
    }

    [Fact]
    public async Task A_time_window_begins_with_the_first_row_of_the_epoch()
    {
        using var harness = new RunnerHarness(new ReplayInput(1) { SplitRows = 1000, MaxBatchRows = 1 }.AddKey(24));
        int reads = 0;
        harness.Input.OnRead = _ =>
        {
            // The source is silent for an hour before row 12, which no window may count.
            harness.Time.Advance(reads++ == 12 ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(300));
            return ValueTask.CompletedTask;
        };
        harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromSeconds(1) } };
        await harness.RunAsync();

        // Rows come every 300 ms: at the fifth of an epoch its first is 1200 ms old. The silence closes the third epoch with the row behind it.
        Assert.Equal([5, 5, 3, 5, 5, 1], harness.Target.Commits.Select(c => c.Rows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Rows_that_wait_are_committed_when_their_window_is_over_though_none_follow(int threads)
    {
        using var harness = new RunnerHarness(new ReplayInput(1) { MaxBatchRows = 3 }.AddKey(4));
        var gate = new TaskCompletionSource();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int reads = 0;
        harness.Input.OnRead = async cancellation =>
        {
            if (reads++ > 0)
            {
                await gate.Task.WaitAsync(cancellation);
            }
        };
        harness.Target.OnStep = (step, _, _) =>
        {
            (step == MemoryStep.Write ? waits : committed).TrySetResult();
            return ValueTask.CompletedTask;
        };
        harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromSeconds(1) }, Threads = threads };
        Task<RunSummary> run = harness.RunAsync();
        await waits.Task;
        await AdvanceUntilAsync(harness.Time, committed.Task);
        Assert.False(run.IsCompleted);
        Assert.Single(harness.Target.Commits);
        Assert.InRange(harness.Target.Commits[0].Rows, 1, 3);

        gate.SetResult();
        Assert.Equal(RunOutcome.Succeeded, (await run).Outcome);
        Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
    }

    [Fact]
    public async Task The_adaptive_size_follows_the_latency_of_the_target()
    {
        using var harness = new RunnerHarness(new ReplayInput(1) { SplitRows = 5000, MaxBatchRows = 10 }.AddKey(5000));
        harness.Target.OnStep = (step, rows, _) =>
        {
            // A millisecond a row, all of it in the commit.
            harness.Time.Advance(step == MemoryStep.Commit ? TimeSpan.FromMilliseconds(rows) : TimeSpan.Zero);
            return ValueTask.CompletedTask;
        };
        harness.Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.AdaptiveSize } };
        await harness.RunAsync();

        int[] sizes = [.. harness.Target.Commits.Select(c => c.Rows)];
        Assert.InRange(sizes[0], 1, 10);
        Assert.All(sizes.Skip(8).SkipLast(2), s => Assert.InRange(s, 60, 105));
    }

    // The run sets its timers on threads of its own, some time after the test has seen it write.
    private static async Task AdvanceUntilAsync(ManualTime time, Task done)
    {
        while (!done.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
