using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;
using Millrace.Sql.Tests.Execution.Pipelines;

namespace Millrace.Sql.Tests.Planning;

public sealed class PhysicalPlannerTests
{
    private static readonly ColumnVariable N = new("n", DataType.Int64);
    private static readonly ColumnVariable Name = new("name", DataType.Utf8);

    [Fact]
    public async Task Filters_and_projections_see_the_columns_that_they_name()
    {
        using var leaks = new LeakCheck();
        using MemoryTable table = Table();
        var scan = new LogicalScan(table, [new(Name, "name"), new(N, "n")]);
        var filter = new LogicalFilter(scan, new BoundComparison(CompareOperator.Greater, new BoundColumn(N), Number(7)));
        var other = new ColumnVariable("text", DataType.Utf8);
        var project = new LogicalProject(filter, [new(other, new BoundCast(new BoundColumn(N), DataType.Utf8)), new(Name, new BoundColumn(Name))]);
        Assert.Equal(["{\"text\":\"8\",\"name\":\"b2\"}", "{\"text\":\"9\",\"name\":\"b3\"}"], await Run.RowsAsync(new LogicalLimit(project, 2, 0)));
    }

    [Fact]
    public async Task Predicates_reach_the_table_and_stay_in_the_filter()
    {
        using var leaks = new LeakCheck();
        using MemoryTable table = Table();
        BoundExpression condition = new BoundComparison(CompareOperator.Less, Number(9), new BoundColumn(N));
        var scan = new LogicalScan(table, [new(N, "n")]) { Predicates = [condition, new BoundIsNull(new BoundColumn(N), true)] };
        PhysicalNode node = PhysicalPlanner.Plan(new LogicalFilter(scan, condition));
        Assert.Equal("Filter (9 < n)\n  Scan t [n] where n > 9 and n IS NOT NULL  (about 18 rows)\n", PhysicalPrinter.Print(node));
        Assert.Equal(8, (await Run.RowsAsync(node)).Count);
    }

    [Fact]
    public async Task A_list_reaches_the_table_without_its_nulls()
    {
        using var leaks = new LeakCheck();
        using MemoryTable table = Table();
        BoundExpression condition = new BoundIn(new BoundColumn(N), [(BoundConstant)Number(4), new BoundConstant(DataType.Int64, null), (BoundConstant)Number(8)]);
        var scan = new LogicalScan(table, [new(N, "n")]) { Predicates = [condition, new BoundIn(new BoundColumn(N), [new BoundConstant(DataType.Int64, null)])] };
        Assert.Equal("Scan t [n] where n IN (4, 8)  (about 18 rows)\n", PhysicalPrinter.Print(PhysicalPlanner.Plan(scan)));
        Assert.Equal(["{\"n\":4}", "{\"n\":8}"], await Run.RowsAsync(PhysicalPlanner.Plan(scan)));
    }

    [Fact]
    public async Task Rows_with_faults_are_told_and_left_out()
    {
        using var leaks = new LeakCheck();
        using MemoryTable table = Table();
        var scan = new LogicalScan(table, [new(N, "n"), new(Name, "name")]);
        var number = new ColumnVariable("x", DataType.Int64);
        BoundExpression cast = new BoundCast(new BoundCase([new BoundComparison(CompareOperator.Equal, new BoundColumn(N), Number(4))], [Text("four")], Text("1")), DataType.Int64);
        var told = new List<string>();
        var context = new QueryContext { Lanes = 1, OnRowFaults = (batch, faults) => told.AddRange(faults.Select(f => ColumnText.Row(batch, f.Row))) };
        Assert.Equal(17, (await Run.RowsAsync(new LogicalProject(scan, [new(number, cast)]), context)).Count);
        Assert.Equal(17, (await Run.RowsAsync(new LogicalFilter(scan, new BoundComparison(CompareOperator.Equal, cast, Number(1))), context)).Count);
        Assert.Equal(["{\"n\":4,\"name\":\"a4\"}", "{\"n\":4,\"name\":\"a4\"}"], told);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => Run.RowsAsync(new LogicalProject(scan, [new(number, cast)])));
        Assert.Equal(ExecutionErrors.CastFailedCode, error.Code);
    }

    [Fact]
    public async Task Values_are_rows()
    {
        using var leaks = new LeakCheck();
        var values = new LogicalValues([N, Name], [[Number(1), Text("a")], [new BoundConstant(DataType.Int64, null), new BoundCast(Number(7), DataType.Utf8)]]);
        Assert.Equal(["{\"n\":1,\"name\":\"a\"}", "{\"n\":null,\"name\":\"7\"}"], await Run.RowsAsync(values));
        Assert.Equal(["{}"], await Run.RowsAsync(new LogicalValues([], [[]])));
    }

    private static BoundConstant Number(long value) => new(DataType.Int64, value);

    private static BoundConstant Text(string value) => new(DataType.Utf8, value);

    private static MemoryTable Table()
    {
        var schema = new Schema(new Field("n", DataType.Int64), new Field("name", DataType.Utf8));
        var batches = new List<RecordBatch>();
        foreach (string letter in new[] { "a", "b", "c" })
        {
            using var numbers = new FixedBuilder<long>(DataType.Int64);
            using var names = new BinaryBuilder(DataType.Utf8);
            for (int i = 0; i < 6; i++)
            {
                numbers.Append((batches.Count * 6) + i);
                names.Append($"{letter}{i}");
            }

            batches.Add(new RecordBatch(schema, 6, numbers.Build(), names.Build()));
        }

        return new MemoryTable("t", schema, batches);
    }
}
