using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution.Pipelines;

public sealed class QueryExecutorTests
{
    public static TheoryData<int> LaneCounts => [1, 2, 4, 7];

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task Rows_come_in_the_order_of_the_source(int lanes)
    {
        using var leaks = new LeakCheck();
        var source = new NumbersNode(parts: 13, batches: 5, rows: 7);
        Assert.Equal(Range(0, 13 * 5 * 7), await RunAsync(source, lanes));
        Assert.Equal(0, source.Open);
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_limit_gives_the_first_rows_and_reads_little_more(int lanes)
    {
        using var leaks = new LeakCheck();
        var source = new NumbersNode(parts: 1000, batches: 100, rows: 10);
        Assert.Equal(Range(3, 5), await RunAsync(new LimitNode(source, 5, 3), lanes));
        Assert.True(source.BatchesRead < 200 * lanes, $"{source.BatchesRead} batches were read.");
        Assert.Equal(0, source.Open);
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_limit_can_span_parts_and_stand_within_a_plan(int lanes)
    {
        using var leaks = new LeakCheck();
        var inner = new LimitNode(new NumbersNode(20, 3, 4), 100, 50);
        Assert.Equal(Range(60, 70), await RunAsync(new LimitNode(inner, 70, 10), lanes));
        Assert.Equal([], await RunAsync(new LimitNode(new NumbersNode(20, 3, 4), 10, 10_000), lanes));
        Assert.Equal([], await RunAsync(new LimitNode(new NumbersNode(20, 3, 4), 0, 0), lanes));
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_union_gives_one_input_after_the_other(int lanes)
    {
        using var leaks = new LeakCheck();
        var inner = new UnionNode(NumbersNode.Numbers, [new NumbersNode(3, 2, 5), new LimitNode(new NumbersNode(9, 1, 10), 13, 0)]);
        var outer = new UnionNode(NumbersNode.Numbers, [new NumbersNode(4, 1, 2), inner, new NumbersNode(2, 2, 2)]);
        Assert.Equal([.. Range(0, 8), .. Range(0, 30), .. Range(0, 13), .. Range(0, 8)], await RunAsync(outer, lanes));
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_failure_in_a_lane_ends_the_query_and_frees_everything(int lanes)
    {
        using var leaks = new LeakCheck();
        var source = new NumbersNode(40, 5, 6) { FailsAt = 77 };
        var other = new NumbersNode(2, 2, 2);
        await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(new UnionNode(NumbersNode.Numbers, [other, source]), lanes));
        Assert.Equal(0, source.Open + other.Open);
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_reader_that_goes_away_ends_the_lanes(int lanes)
    {
        using var leaks = new LeakCheck();
        var source = new NumbersNode(10_000, 100, 4);
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(source, new QueryContext { Lanes = lanes }, TestContext.Current.CancellationToken))
        {
            batch.Dispose();
            break;
        }

        Assert.Equal(0, source.Open);
        Assert.True(source.BatchesRead < 100_000);
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task Cancellation_ends_the_query(int lanes)
    {
        using var leaks = new LeakCheck();
        using var stop = new CancellationTokenSource();
        var source = new NumbersNode(10_000, 100, 4);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(source, new QueryContext { Lanes = lanes, Cancellation = stop.Token }, CancellationToken.None))
            {
                batch.Dispose();
                await stop.CancelAsync();
            }
        });
        Assert.Equal(0, source.Open);
    }

    [Fact]
    public async Task Statistics_count_the_rows_of_each_node()
    {
        var source = new NumbersNode(4, 2, 5);
        var limit = new LimitNode(source, 17, 0);
        var statistics = new QueryStatistics();
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(limit, new QueryContext { Lanes = 1, Statistics = statistics }, TestContext.Current.CancellationToken))
        {
            batch.Dispose();
        }

        Assert.Equal(17, statistics.Of(limit).Rows);
        Assert.InRange(statistics.Of(source).Rows, 17, 40);
    }

    private static async Task<List<long>> RunAsync(PhysicalNode node, int lanes)
    {
        var numbers = new List<long>();
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(node, new QueryContext { Lanes = lanes }, TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                numbers.AddRange(((FixedColumn<long>)batch[0]).Values);
            }
        }

        return numbers;
    }

    private static IEnumerable<long> Range(int start, int count) => Enumerable.Range(start, count).Select(n => (long)n);
}
