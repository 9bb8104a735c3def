using System.Globalization;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;
using Millrace.Sql.Tests.Execution.Pipelines;

namespace Millrace.Sql.Tests.Execution.Aggregation;

[Trait("speed", "slow")]
public sealed class AggregateNodeTests
{
    private static readonly ColumnVariable K = new("k", DataType.Int32);
    private static readonly ColumnVariable S = new("s", DataType.Utf8);
    private static readonly ColumnVariable X = new("x", DataType.Int32);
    private static readonly ColumnVariable D = new("d", DataType.Decimal(12, 2));

    public static TheoryData<int, int, long> Settings => new()
    {
        { 1, 10, long.MaxValue }, { 2, 10, long.MaxValue }, { 4, 10, long.MaxValue },
        { 1, 60_000, long.MaxValue }, { 2, 60_000, long.MaxValue }, { 4, 60_000, long.MaxValue },
        { 1, 60_000, 200_000 }, { 2, 60_000, 1_000_000 }, { 4, 60_000, 0 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Groups_agree_with_a_plain_computation(int lanes, int keys, long memory)
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        List<Row> rows = Rows(keys, 100_000, seed: keys + lanes);
        using MemoryTable table = Table(rows);
        var over7 = new BoundComparison(CompareOperator.Greater, new BoundColumn(X), new BoundConstant(DataType.Int32, 7));
        LogicalAggregate plan = Plan(
            table,
            [K, S],
            [
                Aggregates.Call("count"), Aggregates.Call("count", new BoundColumn(X)), Aggregates.Call("sum", new BoundColumn(X)), Aggregates.Call("min", new BoundColumn(X)),
                Aggregates.Call("max", new BoundColumn(S)), Aggregates.Call("sum", new BoundColumn(D)), Aggregates.Call("avg", new BoundColumn(X)),
                Aggregates.Call("count", new BoundColumn(X)) with { Distinct = true }, Aggregates.Call("sum", new BoundColumn(X)) with { Filter = over7 },
            ]);
        var budget = new MemoryBudget(memory);
        var context = new QueryContext { Lanes = lanes, Memory = budget, SpillFolder = folder.Path };
        List<string> found = await Run.RowsAsync(plan, context);
        IEnumerable<string> expected = rows.GroupBy(r => (r.K, r.S)).Select(g =>
        {
            int[] x = [.. g.Where(r => r.X is not null).Select(r => r.X!.Value)];
            int[] over = [.. x.Where(v => v > 7)];
            string avg = x.Length == 0 ? "null" : ((double)x.Sum(v => (long)v) / x.Length).ToString("R", CultureInfo.InvariantCulture);
            decimal?[] d = [.. g.Where(r => r.D is not null).Select(r => r.D)];
            return $"{{\"k\":{Text(g.Key.K)},\"s\":{Quoted(g.Key.S)},\"a0\":{g.Count()},\"a1\":{x.Length},\"a2\":{(x.Length == 0 ? "null" : x.Sum(v => (long)v))},\"a3\":{(x.Length == 0 ? "null" : x.Min())},"
                + $"\"a4\":{Quoted(g.Key.S)},\"a5\":{(d.Length == 0 ? "null" : d.Sum()!.Value.ToString("0.00", CultureInfo.InvariantCulture))},\"a6\":{avg},\"a7\":{x.Distinct().Count()},\"a8\":{(over.Length == 0 ? "null" : over.Sum(v => (long)v))}}}";
        });
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(0, budget.Used);
        Assert.Equal(memory != long.MaxValue, Directory.Exists(folder.Path) && budget.Limit != long.MaxValue);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Without_keys_there_is_one_row_also_of_nothing(int lanes)
    {
        using var leaks = new LeakCheck();
        using MemoryTable table = Table(Rows(5, 10_000, 3));
        using MemoryTable empty = Table([]);
        BoundAggregate[] calls = [Aggregates.Call("count"), Aggregates.Call("sum", new BoundColumn(X)), Aggregates.Call("count", new BoundColumn(S)) with { Distinct = true }];
        var context = new QueryContext { Lanes = lanes };
        Assert.Equal(["{\"a0\":0,\"a1\":null,\"a2\":0}"], await Run.RowsAsync(Plan(empty, [], calls), context));
        Assert.Empty(await Run.RowsAsync(Plan(empty, [K], calls), context));
        Assert.StartsWith("{\"a0\":10000,", Assert.Single(await Run.RowsAsync(Plan(table, [], calls), context)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(4, long.MaxValue)]
    [InlineData(2, 0)]
    public async Task Grouping_sets_are_groupings_side_by_side(int lanes, long memory)
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        List<Row> rows = Rows(40, 20_000, seed: 8);
        using MemoryTable table = Table(rows);
        var id = new ColumnVariable("id", DataType.Int64);
        LogicalAggregate plan = Plan(table, [K, S], [Aggregates.Call("count")]) with { Sets = [[0, 1], [0], [], [0]], GroupingId = id };
        List<string> found = await Run.RowsAsync(plan, new QueryContext { Lanes = lanes, Memory = new MemoryBudget(memory), SpillFolder = folder.Path });
        IEnumerable<string> both = rows.GroupBy(r => (r.K, r.S)).Select(g => $"{{\"k\":{Text(g.Key.K)},\"s\":{Quoted(g.Key.S)},\"a0\":{g.Count()},\"id\":0}}");
        string[] one = [.. rows.GroupBy(r => r.K).Select(g => $"{{\"k\":{Text(g.Key)},\"s\":null,\"a0\":{g.Count()},\"id\":1}}")];
        Assert.Equal([.. both.Concat(one).Concat(one).Append("{\"k\":null,\"s\":null,\"a0\":20000,\"id\":3}").Order(StringComparer.Ordinal)], [.. found.Order(StringComparer.Ordinal)]);

        using MemoryTable empty = Table([]);
        Assert.Equal(["{\"k\":null,\"s\":null,\"a0\":0,\"id\":3}"], await Run.RowsAsync(Plan(empty, [K, S], [Aggregates.Call("count")]) with { Sets = [[0, 1], []], GroupingId = id }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Rows_reach_an_aggregate_in_the_order_asked_for(int lanes)
    {
        using var leaks = new LeakCheck();
        List<Row> rows = Rows(20, 5_000, seed: 5);
        using MemoryTable table = Table(rows);
        BoundOrder[] order = [new(new BoundColumn(X), Descending: true, NullsFirst: true), new(new BoundColumn(S), Descending: false, NullsFirst: false)];
        BoundAggregate joined = Aggregates.Call("string_agg", new BoundColumn(S), new BoundConstant(DataType.Utf8, "-")) with { OrderBy = order };
        BoundAggregate once = joined with { Distinct = true, OrderBy = [order[1]] };
        List<string> found = await Run.RowsAsync(Plan(table, [K], [joined, once]), new QueryContext { Lanes = lanes });
        IEnumerable<string> expected = rows.GroupBy(r => r.K).Select(g =>
        {
            string[] sorted = [.. g.Where(r => r.S is not null).OrderBy(r => r.X is not null).ThenByDescending(r => r.X).ThenBy(r => r.S, StringComparer.Ordinal).Select(r => r.S!)];
            return $"{{\"k\":{Text(g.Key)},\"a0\":{Quoted(string.Join('-', sorted))},\"a1\":{Quoted(string.Join('-', sorted.Distinct().Order(StringComparer.Ordinal)))}}}";
        });
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_group_whose_sum_does_not_fit_is_told_and_left_out()
    {
        using var leaks = new LeakCheck();
        var big = new ColumnVariable("n", DataType.Decimal(38, 0));
        var values = new LogicalValues([K, big], [
            [Number(1), Big(DecimalMath.Max(38))], [Number(1), Big(1)], [Number(2), Big(DecimalMath.Max(38))], [Number(2), Big(1)], [Number(2), new BoundConstant(big.Type, (Int128)(-1))]]);
        var sum = new ColumnVariable("s", DataType.Decimal(38, 0));
        var plan = new LogicalAggregate(values, [new(K, new BoundColumn(K))], [new(sum, Aggregates.Call("sum", new BoundColumn(big)))]);
        var told = new List<string>();
        var context = new QueryContext { Lanes = 1, OnRowFaults = (_, faults) => told.AddRange(faults.Select(f => f.Code.Id)) };
        Assert.Equal([$"{{\"k\":2,\"s\":{DecimalMath.Max(38)}}}"], await Run.RowsAsync(plan, context));
        Assert.Equal(["MR5201"], told);
        Assert.Equal("MR5201", (await Assert.ThrowsAsync<MillraceException>(() => Run.RowsAsync(plan))).Code.Id);
    }

    [Fact]
    public async Task A_reader_that_goes_away_frees_groups_and_files()
    {
        using var leaks = new LeakCheck();
        using var folder = new TempFolder();
        using MemoryTable table = Table(Rows(60_000, 100_000, seed: 4));
        PhysicalNode node = PhysicalPlanner.Plan(Plan(table, [K, S], [Aggregates.Call("count")]));
        var budget = new MemoryBudget(100_000);
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(node, new QueryContext { Lanes = 2, Memory = budget, SpillFolder = folder.Path }, TestContext.Current.CancellationToken))
        {
            batch.Dispose();
            break;
        }

        Assert.Equal(0, budget.Used);
    }

    private static BoundConstant Number(int value) => new(DataType.Int32, value);

    private static BoundConstant Big(UInt128 value) => new(DataType.Decimal(38, 0), (Int128)value);

    private static LogicalAggregate Plan(MemoryTable table, ColumnVariable[] keys, BoundAggregate[] calls)
        => new(
            new LogicalScan(table, [new(K, "k"), new(S, "s"), new(X, "x"), new(D, "d")]),
            [.. keys.Select(k => new Assignment(k, new BoundColumn(k)))],
            [.. calls.Select((c, i) => new AggregateAssignment(new ColumnVariable($"a{i}", c.Type), c))]);

    private static List<Row> Rows(int keys, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Row(
            random.Next(10) == 0 ? null : random.Next(keys),
            random.Next(10) == 0 ? null : $"name {random.Next(3) * 1_000_000_000L}",
            random.Next(5) == 0 ? null : random.Next(-5, 20),
            random.Next(5) == 0 ? null : random.Next(-1_000_000, 1_000_000) / 100m))];
    }

    private static MemoryTable Table(List<Row> rows)
    {
        var schema = new Schema(new Field("k", DataType.Int32), new Field("s", DataType.Utf8), new Field("x", DataType.Int32), new Field("d", DataType.Decimal(12, 2)));
        var batches = new List<RecordBatch>();
        foreach (Row[] part in rows.Chunk(3000))
        {
            ColumnBuilder[] builders = [.. schema.Fields.Select(f => ColumnBuilder.Create(f.Type, 16))];
            foreach (Row row in part)
            {
                ConstantColumn.Append(builders[0], row.K);
                ConstantColumn.Append(builders[1], row.S);
                ConstantColumn.Append(builders[2], row.X);
                ConstantColumn.Append(builders[3], row.D is { } d ? (Int128)(d * 100) : null);
            }

            batches.Add(new RecordBatch(schema, part.Length, Array.ConvertAll(builders, b => b.Build())));
        }

        return new MemoryTable("t", schema, batches);
    }

    private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";

    private static string Quoted(string? value) => value is null ? "null" : $"\"{value}\"";

    private sealed record Row(int? K, string? S, int? X, decimal? D);
}
