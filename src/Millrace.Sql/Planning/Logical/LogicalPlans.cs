using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Plans that are often needed.</summary>
public static class LogicalPlans
{
    /// <summary>One row without columns: what a <c>SELECT</c> without <c>FROM</c> reads.</summary>
    public static LogicalValues OneRow { get; } = new([], [[]]);

    /// <summary>The plan with some of its columns only, in the order given.</summary>
    public static LogicalPlan Select(LogicalPlan plan, IReadOnlyList<ColumnVariable> columns)
        => plan.Output.SequenceEqual(columns) ? plan : new LogicalProject(plan, [.. columns.Select(c => new Assignment(c, new BoundColumn(c)))]);

    /// <summary>Every row of a plan once.</summary>
    public static LogicalAggregate Distinct(LogicalPlan plan)
        => new(plan, [.. plan.Output.Select(c => new Assignment(new ColumnVariable(c.Name, c.Type, c.Nullable), new BoundColumn(c)))], []);

    public static LogicalPlan Filter(LogicalPlan plan, BoundExpression? condition) => condition is null ? plan : new LogicalFilter(plan, condition);

    public static LogicalPlan Project(LogicalPlan plan, IEnumerable<Assignment> columns) => new LogicalProject(plan, [.. columns]);
}
