using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>What does not matter to whether there is a row.</summary>
internal static class ExistsRules
{
    /// <summary>
    /// Takes off the right side what changes nothing for a semi, anti or mark join. Gives the answer where it is known without
    /// asking: a query of one aggregate always has a row.
    /// </summary>
    public static LogicalPlan? Simplify(ref LogicalApply apply)
    {
        if (apply.Kind is not (LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark))
        {
            return null;
        }

        LogicalPlan right = apply.Right;
        BoundExpression? condition = apply.Condition;
        while (true)
        {
            if (condition is null && Cardinality.IsOne(right))
            {
                return Known(apply);
            }

            switch (right)
            {
                case LogicalProject project when condition is null || !project.Columns.Any(c => ExpressionTree.IsVolatile(c.Expression)):
                    condition = condition is null ? null : PlanSubstitution.Apply(condition, project.Columns.ToDictionary(c => c.Variable, c => c.Expression));
                    right = project.Input;
                    continue;
                case LogicalSort sort:
                    right = sort.Input;
                    continue;
                case LogicalLimit { Limit: null or > 0, Offset: 0 } limit when condition is null:
                    right = limit.Input;
                    continue;
                case LogicalAggregate { Aggregates.Count: 0, Keys.Count: > 0, Sets: null } distinct:
                    condition = condition is null ? null : PlanSubstitution.Apply(condition, distinct.Keys.ToDictionary(c => c.Variable, c => c.Expression));
                    right = distinct.Input;
                    continue;
            }

            apply = apply with { Right = right, Condition = condition };
            return null;
        }
    }

    private static LogicalPlan Known(LogicalApply apply)
    {
        switch (apply.Kind)
        {
            case LogicalJoinKind.Semi:
                return apply.Left;
            case LogicalJoinKind.Anti:
                return new LogicalFilter(apply.Left, new BoundConstant(DataType.Boolean, false));
            default:
                IEnumerable<Assignment> columns = apply.Left.Output.Select(c => new Assignment(c, new BoundColumn(c)));
                return LogicalPlans.Project(apply.Left, columns.Append(new Assignment(apply.Mark!, new BoundConstant(DataType.Boolean, true))));
        }
    }
}
