using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Runs that want only the first rows.</summary>
[Trait("speed", "slow")]
public sealed class LimitTests
{
    [Fact]
    public async Task The_first_rows_arrive_and_no_others_whatever_the_epochs()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int rows = random.Next(1, 120);
            int limit = random.Next(1, 140);
            using var harness = new RunnerHarness(Input(random, seed, rows));
            BatchSpec? batch = random.Next(2) == 0 ? null : new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = random.Next(1, 30) };
            harness.Shape = p => p with { Batch = batch, ReadMode = ReadMode.Full, Limit = limit, Threads = random.Next(1, 5) };
            RunSummary summary = await harness.RunAsync();

            Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
            Assert.Equal(Math.Min(rows, limit), summary.Rows);
            Assert.True(harness.Input.GoodRows.Take(limit).SequenceEqual(harness.Target.Rows.Select(ReplayInput.Canonical)), $"seed {seed}");
        }
    }

    [Fact]
    public async Task Incremental_runs_with_a_limit_go_on_behind_it_and_leave_out_nothing()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            using var harness = new RunnerHarness(Input(random, seed, 100));
            harness.Shape = p => p with { Limit = random.Next(1, 40), Threads = random.Next(1, 5), Batch = random.Next(2) == 0 ? null : new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = random.Next(1, 30) } };
            for (int rows = 0; rows < 100;)
            {
                RunSummary summary = await harness.RunAsync();
                Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
                Assert.True(summary.Rows > 0, $"seed {seed}");
                rows += (int)summary.Rows;
                Assert.True(harness.Input.GoodRows.Take(rows).SequenceEqual(harness.Target.Rows.Select(ReplayInput.Canonical)), $"seed {seed}");
            }
        }
    }

    [Fact]
    public async Task A_copy_that_is_interrupted_and_started_again_has_the_first_rows_once()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int limit = random.Next(1, 80);
            using var harness = new RunnerHarness(Input(random, seed, 100));
            int threads = random.Next(1, 5);
            harness.Shape = p => p with { OneEpoch = true, ReadMode = ReadMode.Full, Limit = limit, Threads = threads };
            for (int run = 0; harness.Target.Last is null; run++)
            {
                FaultPlan plan = run > 5 ? FaultPlan.None() : FaultPlan.At(random.Next(60), (FaultKind)random.Next(3));
                await InterruptedRun.RunAsync(harness.Pipeline(plan), plan, harness.Time);
            }

            Assert.True(harness.Input.GoodRows.Take(limit).SequenceEqual(harness.Target.Rows.Select(ReplayInput.Canonical)), $"seed {seed}");
        }
    }

    private static ReplayInput Input(Random random, int seed, int rows)
        => new ReplayInput(seed) { SplitRows = random.Next(1, 40), MaxBatchRows = random.Next(1, 20), HasValue = true }
            .AddKey(Enumerable.Range(0, rows).Select(_ => random.Next(30) == 0 ? ReplayKind.Wide : ReplayKind.Good));
}
