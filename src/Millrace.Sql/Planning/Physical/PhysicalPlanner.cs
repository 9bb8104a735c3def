using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>
/// Decides how a logical plan is done. The columns of a node are those of its plan's <see cref="LogicalPlan.Output"/> in the
/// same order, so a plan's output is the layout of its batches. Each family of plans has a file of its own.
/// </summary>
public static partial class PhysicalPlanner
{
    /// <summary>The nodes that do a plan.</summary>
    /// <param name="plan">Without subqueries in expressions.</param>
    public static PhysicalNode Plan(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => PlanScan(scan),
        LogicalValues values => new ValuesNode(SchemaOf(plan), values.Rows),
        LogicalFilter filter => PlanFilter(filter, JoinFilters.None),
        LogicalProject project => PlanProject(project, Plan(project.Input)),
        LogicalAggregate aggregate => PlanAggregate(aggregate, JoinFilters.None),
        LogicalLimit limit => PlanLimit(limit),
        LogicalUnion union => new UnionNode(SchemaOf(plan), [.. union.Parts.Select(Plan)]),
        LogicalSort sort => PlanSort(sort, null),
        LogicalJoin join => PlanJoin(join, JoinFilters.None),
        LogicalWindow window => PlanWindow(window),
        LogicalDistinctOn first => PlanDistinctOn(first),
        LogicalLatest latest => PlanLatest(latest),
        LogicalSetOperation operation => Plan(SetOperations.AsJoin(operation)),
        LogicalUnnest unnest => PlanUnnest(unnest),
        LogicalSeries series => PlanSeries(series),
        LogicalTimeWindow window => PlanTimeWindow(window),
        LogicalRecursion recursion => new RecursionNode(SchemaOf(plan), Plan(recursion.Base), Plan(recursion.Step), recursion.Distinct, recursion.Work),
        LogicalShared place => PlanShared(place),
        LogicalWorkTable table => new WorkTableNode(SchemaOf(plan), table.Work),
        _ => throw new System.Diagnostics.UnreachableException($"There is no way to do {plan.GetType().Name}."),
    };

    /// <summary>Where the columns of a plan stand in its batches.</summary>
    internal static Layout LayoutOf(LogicalPlan plan) => new(plan.Output);

    /// <summary>The schema of a plan's batches.</summary>
    internal static Schema SchemaOf(LogicalPlan plan) => LayoutOf(plan).ToSchema();

    // The same with the filters of joins above, which go down as far as their columns are only passed on.
    private static PhysicalNode Plan(LogicalPlan plan, JoinFilters filters) => plan switch
    {
        LogicalFilter filter => PlanFilter(filter, filters),
        LogicalProject project => PlanProject(project, Plan(project.Input, filters.Into(project))),
        LogicalAggregate aggregate => PlanAggregate(aggregate, filters),
        LogicalJoin join => PlanJoin(join, filters),
        _ => filters.Over(Plan(plan), plan),
    };

    // What a table can leave out by itself, and a test of constants, come before what is looked up.
    private static PhysicalNode PlanFilter(LogicalFilter filter, JoinFilters filters)
        => filter.Input is LogicalScan
            ? filters.Over(new FilterNode(Plan(filter.Input), filter.Condition, LayoutOf(filter.Input)), filter)
            : new FilterNode(
                filter.Input is LogicalWindow window ? filters.Over(PlanWindow(window, FirstOfPartition.Of(filter.Condition, window)), window) : Plan(filter.Input, filters),
                filter.Condition,
                LayoutOf(filter.Input));

    private static AggregateNode PlanAggregate(LogicalAggregate plan, JoinFilters filters)
        => DifferentValues.Of(plan) is { } twice
            ? PlanAggregate(twice, filters)
            : new(SchemaOf(plan), Plan(plan.Input, filters.Into(plan)), [.. plan.Keys.Select(k => k.Expression)], [.. plan.Aggregates.Select(a => a.Aggregate)], plan.Sets, plan.GroupingId is not null, LayoutOf(plan.Input));
}
