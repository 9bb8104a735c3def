using Millrace.Columnar;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Pipelines;

public class OrderedLanesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public Task Batches_come_in_the_order_of_the_splits(int lanes) => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 25, batchesPerSplit: 4, rowsPerBatch: 10);
        List<long> values = await ReadAsync(plan, lanes);
        Assert.Equal(Enumerable.Range(0, 25).SelectMany(s => Enumerable.Range(0, 40).Select(n => (s * 1000L) + n)), values);
        Assert.Equal(0, plan.Open);
    });

    [Fact]
    public Task No_more_readers_are_open_than_there_are_lanes() => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 40, batchesPerSplit: 3, rowsPerBatch: 5);
        await ReadAsync(plan, lanes: 3);
        Assert.InRange(plan.MostOpen, 1, 3);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public Task A_failure_comes_after_all_rows_before_it(int lanes) => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 10, batchesPerSplit: 2, rowsPerBatch: 5) { FailAt = 6 };
        var values = new List<long>();
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(plan, lanes, values));
        Assert.Equal("split 6", error.Message);
        Assert.Equal((6 * 10) + 5, values.Count);
        Assert.Equal(0, plan.Open);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public Task What_comes_behind_a_split_that_was_broken_off_is_not_given_unless_it_is_of_another_key(int lanes) => LeakCheck.RunAsync(async () =>
    {
        // Splits 4 and 5 are of one key, as 6 and 7 are.
        var plan = new FakePlan(splits: 8, batchesPerSplit: 2, rowsPerBatch: 5) { BreakAt = 4 };
        var ends = new List<string>();
        var values = new List<long>();
        await foreach (LaneBatch next in Lanes(plan, lanes).ReadAsync(default))
        {
            using RecordBatch? batch = next.Batch;
            if (batch is null)
            {
                ends.Add(next.BrokenOff is null ? next.Split.Id : $"{next.Split.Id} broken off");
            }
            else
            {
                values.AddRange(((FixedColumn<long>)batch[0]).Values.ToArray());
            }
        }

        Assert.Equal(["s0", "s1", "s2", "s3", "s4 broken off", "s6", "s7"], ends);
        (int Split, int Rows)[] read = [(0, 10), (1, 10), (2, 10), (3, 10), (4, 5), (6, 10), (7, 10)];
        Assert.Equal(read.SelectMany(s => Enumerable.Range(0, s.Rows).Select(n => (s.Split * 1000L) + n)), values);
        Assert.Equal(0, plan.Open);
    });

    [Fact]
    public Task A_failure_of_planning_reaches_the_consumer() => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 10, batchesPerSplit: 2, rowsPerBatch: 5) { FailPlanAt = 4 };
        Assert.Equal("plan 4", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(plan, lanes: 3))).Message);
    });

    [Fact]
    public Task A_consumer_that_leaves_early_ends_the_lanes() => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 1000, batchesPerSplit: 5, rowsPerBatch: 100);
        int seen = 0;
        await foreach (LaneBatch batch in Lanes(plan, 4).ReadAsync(default))
        {
            batch.Batch?.Dispose();
            if (++seen == 20)
            {
                break;
            }
        }

        Assert.Equal(0, plan.Open);
    });

    [Fact]
    public Task Cancelling_ends_the_lanes() => LeakCheck.RunAsync(async () =>
    {
        var plan = new FakePlan(splits: 1000, batchesPerSplit: 5, rowsPerBatch: 100);
        using var cancel = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (LaneBatch batch in Lanes(plan, 4).ReadAsync(cancel.Token))
            {
                batch.Batch?.Dispose();
                if (++seen == 20)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.Equal(0, plan.Open);
    });

    private static OrderedLanes Lanes(FakePlan plan, int lanes)
        => new(plan, new RowShaper(plan.Schema, null, "test"), new FailureSpec(), null, lanes);

    private static async Task<List<long>> ReadAsync(FakePlan plan, int lanes, List<long>? values = null)
    {
        values ??= [];
        await foreach (LaneBatch batch in Lanes(plan, lanes).ReadAsync(default))
        {
            using RecordBatch? rows = batch.Batch;
            if (rows is not null)
            {
                values.AddRange(((FixedColumn<long>)rows[0]).Values);
            }
        }

        return values;
    }
}
