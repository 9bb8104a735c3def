using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Planning;
using Millrace.Sql.Tests.Binding;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

public sealed class QueryStatisticsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<int> LaneCounts => [1, 2];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task A_union_is_measured_like_other_nodes(int lanes)
    {
        (PhysicalNode plan, QueryContext context) = await RunAsync("SELECT x FROM generate_series(1, 3000) AS a(x) UNION ALL SELECT y FROM generate_series(1, 7000) AS b(y)", lanes);
        NodeStatistics union = context.Statistics!.Of(Find(plan, "Union"));
        Assert.Equal(10_000, union.Rows);
        Assert.True(union.Batches >= 2);
        Assert.InRange(union.PeakMemory, 1, 10_000 * sizeof(long) * lanes);
    }

    [Theory]
    [MemberData(nameof(LaneCounts))]
    public async Task What_a_node_keeps_counts_for_it_and_not_for_its_neighbours(int lanes)
    {
        // The rows that are sorted are kept twice; what flows below and above is a batch at a time.
        (PhysicalNode plan, QueryContext context) = await RunAsync("SELECT x FROM generate_series(1, 200000) AS a(x) ORDER BY -x", lanes);
        long sort = context.Statistics!.Of(Find(plan, "Sort")).PeakMemory;
        long series = context.Statistics.Of(Find(plan, "Series")).PeakMemory;
        Assert.True(sort >= 200_000 * sizeof(long) * 2, $"{sort}");
        Assert.InRange(series, 1, sort / 4);
        Assert.True(context.Memory.Peak >= 200_000 * sizeof(long) * 2);
    }

    [Theory]
    [InlineData("Aggregate", "SELECT x % 50000, count(*) FROM generate_series(1, 100000) AS a(x) GROUP BY 1", 50_000 * sizeof(long))]
    [InlineData("Aggregate", "SELECT DISTINCT x FROM generate_series(1, 100000) AS a(x)", 100_000 * sizeof(long))]
    [InlineData("JoinBuild", "SELECT count(*) FROM generate_series(1, 60000) AS a(x) JOIN generate_series(1, 60000) AS b(y) ON x = y", 60_000 * sizeof(long))]
    [InlineData("Window", "SELECT sum(x) OVER (ORDER BY x) FROM generate_series(1, 100000) AS a(x)", 100_000 * sizeof(long))]
    [InlineData("Recursion", "WITH RECURSIVE r(n) AS (SELECT x FROM generate_series(1, 60000) AS a(x) UNION ALL SELECT n + 60000 FROM r WHERE n < 60000) SELECT count(*) FROM r", 60_000 * sizeof(long))]
    public async Task Every_node_that_keeps_rows_says_how_much(string name, string sql, long least)
    {
        (PhysicalNode plan, QueryContext context) = await RunAsync(sql, 2);
        NodeStatistics node = context.Statistics!.Of(Find(plan, name));
        Assert.True(node.PeakMemory >= least, $"{node.PeakMemory}\n{PhysicalPrinter.Print(plan, context.Statistics)}");
        Assert.True(context.Memory.Peak >= least);
    }

    [Theory]
    [InlineData("SELECT x FROM generate_series(1, 50) AS a(x) ORDER BY -x")]
    [InlineData("SELECT x FROM generate_series(1, 50000) AS a(x) ORDER BY -x LIMIT 10")]
    [InlineData("SELECT x % 40000, count(*), array_agg(x) FROM generate_series(1, 100000) AS a(x) GROUP BY 1")]
    [InlineData("SELECT count(*) FROM generate_series(1, 50000) AS a(x) JOIN generate_series(1, 50000) AS b(y) ON x = y")]
    [InlineData("SELECT sum(x) OVER (PARTITION BY x % 10) FROM generate_series(1, 5000) AS a(x)")]
    [InlineData("WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 50) SELECT count(*) FROM r")]
    public async Task When_the_query_has_ended_nothing_is_held_any_more(string sql)
    {
        foreach (long limit in (long[])[long.MaxValue, 300_000])
        {
            (PhysicalNode plan, QueryContext context) = await RunAsync(sql, 2, limit);
            Assert.Equal((0, 0), (context.Memory.Used, context.Memory.Held));
            foreach (PhysicalNode node in All(plan))
            {
                MemoryBudget own = context.Statistics!.MemoryOf(node, context.Memory);
                Assert.Equal((node.Name, 0, 0), (node.Name, own.Used, own.Held));
            }
        }
    }

    [Fact]
    public async Task What_goes_to_disk_is_told_of_the_node_that_had_no_memory()
    {
        (PhysicalNode plan, QueryContext context) = await RunAsync("SELECT x FROM generate_series(1, 100000) AS a(x) ORDER BY -x", 1, 300_000);
        NodeStatistics sort = context.Statistics!.Of(Find(plan, "Sort"));
        Assert.True(sort.Spilled >= 100_000 * sizeof(int), PhysicalPrinter.Print(plan, context.Statistics));
        Assert.All(All(plan).Where(n => n.Name != "Sort"), n => Assert.Equal(0, context.Statistics.Of(n).Spilled));
        Assert.Equal(sort.Spilled, context.Memory.Spilled);
    }

    [Fact]
    public async Task The_side_of_a_join_that_is_kept_tells_its_rows()
    {
        (PhysicalNode plan, QueryContext context) = await RunAsync("SELECT count(*) FROM generate_series(1, 5000) AS a(x) LEFT JOIN generate_series(1, 300) AS b(y) ON x = y", 2);
        Assert.Equal(300, context.Statistics!.Of(Find(plan, "JoinBuild")).Rows);
    }

    [Fact]
    public async Task An_analyzed_plan_tells_rows_time_and_memory_of_each_node_and_the_whole()
    {
        var context = new QueryContext { Lanes = 1, Statistics = new QueryStatistics(), Memory = new MemoryBudget(64 << 20) };
        string text = await SqlEngine.ExplainAsync(
            PlanKit.Parse("SELECT x % 3, count(*) FROM generate_series(1, 100) AS a(x) GROUP BY 1"), new MemoryCatalog(), BuiltInFunctions.Table, context, analyze: true, TestContext.Current.CancellationToken);
        string[] lines = text.TrimEnd().Split('\n');
        Assert.All(lines[..^1], l => Assert.Matches(@"^ *[A-Z].*  \([0-9]+ rows? in [0-9]+ batch(es)?, [0-9]+\.[0-9] ms, [0-9.]+ (B|KiB)\)$", l));
        Assert.Matches(@"^total: 3 rows, [0-9]+\.[0-9] ms in 1 lane, [0-9.]+ (B|KiB) kept, limit 64\.0 MiB$", lines[^1]);
    }

    private static PhysicalNode Find(PhysicalNode plan, string name) => All(plan).First(n => n.Name == name);

    private static IEnumerable<PhysicalNode> All(PhysicalNode node) => node.Inputs.SelectMany(All).Prepend(node);

    private async Task<(PhysicalNode Plan, QueryContext Context)> RunAsync(string sql, int lanes, long limit = long.MaxValue)
    {
        var context = new QueryContext { Lanes = lanes, Statistics = new QueryStatistics(), Memory = new MemoryBudget(limit), SpillFolder = _folder.Path };
        PhysicalNode? plan = null;
        await LeakCheck.RunAsync(async () =>
        {
            BoundQuery bound = await QueryBinder.BindAsync(PlanKit.Parse(sql), new MemoryCatalog(), BuiltInFunctions.Table, default);
            plan = PhysicalPlanner.Plan(bound.Plan);
            await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(plan, context, TestContext.Current.CancellationToken))
            {
                batch.Dispose();
            }
        });
        return (plan!, context);
    }
}
