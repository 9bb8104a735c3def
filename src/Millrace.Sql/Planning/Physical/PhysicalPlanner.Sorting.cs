using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <content>Order.</content>
public static partial class PhysicalPlanner
{
    private static SortNode PlanSort(LogicalSort sort, long? limit)
    {
        var columns = new ComputedColumns(sort.Input);
        OrderColumn[] order = PlanOrder(sort.Keys, columns);
        PhysicalNode input = columns.Over(Plan(sort.Input));
        return new SortNode(input, order, columns.Width) { Limit = limit, Rows = limit ?? input.Rows };
    }

    // A limit lets a sort below keep only the first rows; projections between them change no order.
    private static LimitNode PlanLimit(LogicalLimit limit)
    {
        long? needed = limit.Limit is { } rows && rows <= long.MaxValue - limit.Offset ? rows + limit.Offset : null;
        return new(PlanFirst(limit.Input, needed), limit.Limit ?? long.MaxValue, limit.Offset);
    }

    private static PhysicalNode PlanFirst(LogicalPlan plan, long? needed) => plan switch
    {
        LogicalSort sort => PlanSort(sort, needed),
        LogicalProject project => PlanProject(project, PlanFirst(project.Input, needed)),
        _ => Plan(plan),
    };

    private static ProjectNode PlanProject(LogicalProject project, PhysicalNode input)
        => new(SchemaOf(project), input, [.. project.Columns.Select(c => c.Expression)], LayoutOf(project.Input)) { Rows = input.Rows };

    private static OrderColumn[] PlanOrder(IReadOnlyList<BoundOrder> keys, ComputedColumns columns)
        => [.. keys.Select(k => new OrderColumn(columns.Add(k.Expression), k.Descending, k.NullsFirst))];
}
