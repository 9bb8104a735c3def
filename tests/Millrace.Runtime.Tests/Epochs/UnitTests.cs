using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Rows that their source wants committed as one, such as those of a transaction.</summary>
public sealed class UnitTests
{
    private const int Unit = 10;

    [Fact]
    public async Task Epochs_end_only_where_units_do_however_small_they_are_to_be()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            using RunnerHarness harness = Harness(seed, random.Next(1, 30), 95);
            RunSummary summary = await harness.RunAsync();

            Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
            Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
            Assert.All(harness.Target.Commits.SkipLast(1), c => Assert.Equal(0, c.Rows % Unit));
        }
    }

    [Fact]
    public async Task A_run_that_is_stopped_within_a_unit_leaves_all_of_it_to_the_next()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            using RunnerHarness harness = Harness(seed, random.Next(1, 30), 100);
            using var stop = new CancellationTokenSource();
            int reads = random.Next(1, 20);
            harness.Input.OnRead = async _ =>
            {
                if (--reads == 0)
                {
                    await stop.CancelAsync();
                }
            };
            await harness.RunAsync(stop.Token);
            Assert.All(harness.Target.Commits, c => Assert.Equal(0, c.Rows % Unit));
            Assert.Equal(harness.Input.GoodRows.Take(harness.Target.Rows.Count), harness.Target.Rows);

            await harness.RunAsync();
            Assert.Equal(harness.Input.GoodRows, harness.Target.Rows);
        }
    }

    private static RunnerHarness Harness(int seed, int size, int rows) => new(new ReplayInput(seed) { SplitRows = 1000, MaxBatchRows = 4, UnitRows = Unit }.AddKey(rows))
    {
        Shape = p => p with { Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = size } },
    };
}
