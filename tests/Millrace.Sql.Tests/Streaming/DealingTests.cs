using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>How the rows of tables come to lanes, which makes no difference to the result.</summary>
public sealed class DealingTests
{
    private const string Orders = "SELECT n AS id, n % 7 AS k, TIMESTAMP '2026-01-01' + n * INTERVAL '1' SECOND AS ts FROM generate_series(1, 100) AS g(n)";

    [Theory]
    [InlineData(PartitioningStrategy.Sticky)]
    [InlineData(PartitioningStrategy.Hash)]
    [InlineData(PartitioningStrategy.Smart)]
    [InlineData(PartitioningStrategy.RoundRobin)]
    [InlineData(PartitioningStrategy.FanIn)]
    public async Task Any_strategy_gives_the_result_of_the_batch(PartitioningStrategy strategy)
    {
        var settings = new StreamSettings { Dealing = strategy };
        using StreamTable orders = await StreamTable.OfAsync("o", Orders, ("ts", "ts"));
        using StreamTable keyed = (await StreamTable.OfAsync("c", Orders)).Keyed(["k"]);
        StreamVariant[] variants = [new(9, 3) { Splits = 3 }, new(5, 2) { Splits = 2, Restarts = 4 }];
        foreach (string sql in new[] { "SELECT id + 1 FROM o WHERE k > 2", "SELECT k, sum(id) FROM o GROUP BY k", "SELECT o.id, c.id FROM o JOIN c ON o.k = c.k" })
        {
            await StreamKit.EqualsBatchAsync(sql, [orders, keyed], settings, variants);
        }
    }

    [Fact]
    public void Rows_that_cannot_be_dealt_are_not_leaked() => LeakCheck.Run(static () =>
    {
        static RecordBatch Rows(params long[] values)
        {
            using var builder = new FixedBuilder<long>(DataType.Int64, values.Length);
            Array.ForEach(values, builder.Append);
            return new RecordBatch(new Schema([new Field("n", DataType.Int64)]), values.Length, [builder.Build()]);
        }

        RecordBatch empty = new(Schema.Empty, 1);
        Assert.ThrowsAny<Exception>(() => new Dealer(Exchange.By([0]), 3).Deal([[Rows(1, 2, 3), empty, Rows(4, 5)], [Rows(6)]]));
    });

    [Theory]
    [InlineData(PartitioningStrategy.Sticky, "with a lane for each split")]
    [InlineData(PartitioningStrategy.FanIn, "in one lane")]
    [InlineData(PartitioningStrategy.Smart, "]  gives rows")]
    [InlineData(PartitioningStrategy.RoundRobin, "]  gives rows")]
    public async Task Explain_says_how_rows_are_dealt(PartitioningStrategy strategy, string expected)
    {
        using StreamTable orders = await StreamTable.OfAsync("o", Orders);
        Assert.Contains(expected, StreamPrinter.Print(await StreamKit.PlanAsync("SELECT id FROM o", [orders], new StreamSettings { Dealing = strategy })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_stage_does_not_allow_is_told()
    {
        using StreamTable keyed = (await StreamTable.OfAsync("c", Orders)).Keyed(["k"]);
        using StreamTable orders = await StreamTable.OfAsync("o", Orders);
        StreamPlan inOrder = await StreamKit.PlanAsync("SELECT * FROM c", [keyed], new StreamSettings { Dealing = PartitioningStrategy.RoundRobin });
        Assert.Contains(inOrder.Warnings, w => w.Contains("stay in one lane", StringComparison.Ordinal));
        StreamPlan keyless = await StreamKit.PlanAsync("SELECT id FROM o", [orders], new StreamSettings { Dealing = PartitioningStrategy.Hash });
        Assert.Contains(keyless.Warnings, w => w.Contains("no PRIMARY KEY", StringComparison.Ordinal));
        Assert.Empty((await StreamKit.PlanAsync("SELECT * FROM c", [keyed], new StreamSettings { Dealing = PartitioningStrategy.FanIn })).Warnings);
    }

    [Theory]
    [InlineData(PartitioningStrategy.Sticky, true)]
    [InlineData(PartitioningStrategy.FanIn, true)]
    [InlineData(PartitioningStrategy.RoundRobin, false)]
    public async Task Rows_of_one_split_stay_in_their_order_where_they_stay_in_their_lane(PartitioningStrategy strategy, bool stay)
    {
        using StreamTable orders = await StreamTable.OfAsync("o", Orders);
        List<(long Id, long Key)> given = await GivenAsync(orders, strategy);
        Assert.Equal(stay, given.Select(g => g.Id).SequenceEqual(given.Select(g => g.Id).Order()));
    }

    [Fact]
    public async Task Rows_of_one_key_stay_in_their_order_where_they_are_dealt_by_key()
    {
        using StreamTable orders = (await StreamTable.OfAsync("o", Orders)).Keyed(["k"], keepsLatest: false);
        List<(long Id, long Key)> given = await GivenAsync(orders, PartitioningStrategy.Hash);
        Assert.All(given.GroupBy(g => g.Key), key => Assert.Equal(key.Order(), key));
        Assert.NotEqual(given.OrderBy(g => g.Id), given);
        Assert.Contains("dealt to lanes by k", StreamPrinter.Print(await StreamKit.PlanAsync("SELECT id, k FROM o", [orders], new StreamSettings { Dealing = PartitioningStrategy.Hash })), StringComparison.Ordinal);
    }

    // What a round of four lanes gives of rows that are pushed one by one: lane after lane.
    private static async Task<List<(long Id, long Key)>> GivenAsync(StreamTable orders, PartitioningStrategy strategy)
    {
        var settings = new StreamSettings { Dealing = strategy };
        StreamPlan plan = await StreamKit.PlanAsync("SELECT id, k FROM o", [orders], settings);
        using var run = new StreamRun(plan, new QueryContext { Lanes = 4 }, settings);
        using RecordBatch wanted = orders.All.Select([.. plan.Inputs[0].Columns.Select(orders.All.Schema.Require)]);
        for (int i = 0; i < wanted.Length; i++)
        {
            using RecordBatch one = wanted.Slice(i, 1);
            run.Push(0, "s", one);
        }

        var given = new List<(long, long)>();
        foreach (RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, default))
        {
            using (batch)
            {
                for (int row = 0; row < batch.Length; row++)
                {
                    given.Add((Number(batch[0], row), Number(batch[1], row)));
                }
            }
        }

        Assert.Equal(orders.All.Length, given.Count);
        return given;
    }

    private static long Number(Column column, int row) => column is FixedColumn<long> wide ? wide.Values[row] : ((FixedColumn<int>)column).Values[row];
}
