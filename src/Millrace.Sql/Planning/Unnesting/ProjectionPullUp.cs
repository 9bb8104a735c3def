using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves a projection that uses columns of the outer rows above the join. Behind an outer join it is guarded by a column that
/// is null where there was no match.
/// </summary>
internal static class ProjectionPullUp
{
    public static LogicalPlan? Try(LogicalApply apply, ColumnVariable[] outer, Func<LogicalApply, LogicalPlan> eliminate)
    {
        if (apply.Kind is not (LogicalJoinKind.Inner or LogicalJoinKind.Left or LogicalJoinKind.Single)
            || Unsorted(apply.Right) is not LogicalProject project
            || !project.Columns.Any(c => FreeVariables.Of(c.Expression).Overlaps(outer)))
        {
            return null;
        }

        var replacements = project.Columns.ToDictionary(c => c.Variable, c => c.Expression);
        BoundExpression? condition = apply.Condition is null ? null : PlanSubstitution.Apply(apply.Condition, replacements);
        IEnumerable<Assignment> left = apply.Left.Output.Select(c => new Assignment(c, new BoundColumn(c)));
        if (apply.Kind == LogicalJoinKind.Inner || (Cardinality.IsOne(project) && condition is null))
        {
            // Exactly one row each: there is always a match.
            LogicalPlan joined = eliminate(apply with { Right = project.Input, Condition = condition });
            return LogicalPlans.Project(joined, [.. left, .. project.Columns]);
        }

        var match = new ColumnVariable("match", DataType.Boolean);
        IEnumerable<Assignment> inner = project.Input.Output.Distinct().Select(c => new Assignment(c, new BoundColumn(c)));
        LogicalPlan right = LogicalPlans.Project(project.Input, [.. inner, new Assignment(match, new BoundConstant(DataType.Boolean, true))]);
        LogicalPlan plan = eliminate(apply with { Right = right, Condition = condition });
        IEnumerable<Assignment> guarded = project.Columns.Select(c => c with { Expression = Guard(c.Expression, match) });
        return LogicalPlans.Project(plan, [.. left, .. guarded]);
    }

    private static BoundCase Guard(BoundExpression expression, ColumnVariable match)
        => new([new BoundIsNull(new BoundColumn(match), Negated: true)], [expression], new BoundConstant(expression.Type, null)) { Span = expression.Span };

    // The order of the right side's rows matters to no join.
    private static LogicalPlan Unsorted(LogicalPlan plan) => plan is LogicalSort sort ? Unsorted(sort.Input) : plan;
}
