using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves the conditions that use columns of the outer rows out of the right side and into the join. It does where only
/// conditions use them, and nothing on the way up depends on which rows they keep.
/// </summary>
internal static class FilterHoisting
{
    public static LogicalPlan? Try(LogicalApply apply, ColumnVariable[] outer)
    {
        var conditions = new List<BoundExpression>();
        if (Hoist(apply.Right, [.. outer], conditions) is not { } right)
        {
            return null;
        }

        IEnumerable<BoundExpression?> moved = apply.Kind == LogicalJoinKind.Mark ? conditions.Select(c => Certain(c, apply.Left, ref right)).ToList() : conditions;
        var join = new LogicalJoin(apply.Kind, apply.Left, right, ExpressionTree.And([.. moved, apply.Condition])) { Mark = apply.Mark };
        return LogicalPlans.Select(join, apply.Output);
    }

    // A condition of the query that is unknown keeps no row, while one of the comparison makes the mark unknown.
    private static BoundExpression Certain(BoundExpression condition, LogicalPlan left, ref LogicalPlan right)
    {
        if (!condition.Nullable)
        {
            return condition;
        }

        if (condition is BoundComparison { Operator: CompareOperator.Equal } equal)
        {
            BoundExpression inner = FreeVariables.Of(equal.Left).Overlaps(left.Output) ? equal.Right : equal.Left;
            if (!FreeVariables.Of(inner).Overlaps(left.Output) && FreeVariables.Of(inner).IsSubsetOf(right.Output))
            {
                right = new LogicalFilter(right, new BoundIsNull(inner, Negated: true));
                return equal with { Operator = CompareOperator.NotDistinctFrom };
            }
        }

        return new BoundComparison(CompareOperator.NotDistinctFrom, condition, new BoundConstant(DataType.Boolean, true)) { Span = condition.Span };
    }

    private static LogicalPlan? Hoist(LogicalPlan plan, HashSet<ColumnVariable> outer, List<BoundExpression> conditions)
    {
        if (!FreeVariables.Of(plan).Overlaps(outer))
        {
            return plan;
        }

        switch (plan)
        {
            case LogicalFilter filter:
                return Hoist(filter.Input, outer, conditions) is { } filtered
                    ? LogicalPlans.Filter(filtered, Split(filter.Condition, outer, conditions))
                    : null;
            case LogicalProject project when !Uses(project, outer):
                int before = conditions.Count;
                return Hoist(project.Input, outer, conditions) is { } projected ? Widen(project, projected, conditions.Skip(before), outer) : null;
            case LogicalSort sort:
                return Hoist(sort.Input, outer, conditions);
            case LogicalUnnest or LogicalSeries when !Uses(plan, outer):
                return Hoist(plan.Inputs[0], outer, conditions) is { } input ? plan.WithInputs([input]) : null;
            case LogicalJoin { Kind: LogicalJoinKind.Inner } join:
                return Hoist(join.Left, outer, conditions) is { } left && Hoist(join.Right, outer, conditions) is { } right
                    ? join with { Left = left, Right = right, Condition = Split(join.Condition, outer, conditions) }
                    : null;
            case LogicalJoin { Kind: LogicalJoinKind.Left or LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark or LogicalJoinKind.Single } join
                when !Uses(join, outer) && !FreeVariables.Of(join.Right).Overlaps(outer):
                return Hoist(join.Left, outer, conditions) is { } kept ? join with { Left = kept } : null;
            default:
                return null;
        }
    }

    private static bool Uses(LogicalPlan plan, HashSet<ColumnVariable> outer) => FreeVariables.Of(PlanExpressions.Of(plan)).Overlaps(outer);

    private static BoundExpression? Split(BoundExpression? condition, HashSet<ColumnVariable> outer, List<BoundExpression> conditions)
    {
        var kept = new List<BoundExpression>();
        foreach (BoundExpression conjunct in ExpressionTree.Conjuncts(condition))
        {
            (FreeVariables.Of(conjunct).Overlaps(outer) ? conditions : kept).Add(conjunct);
        }

        return ExpressionTree.And(kept);
    }

    // The columns that the moved conditions use have to come along.
    private static LogicalProject Widen(LogicalProject project, LogicalPlan input, IEnumerable<BoundExpression> conditions, HashSet<ColumnVariable> outer)
    {
        HashSet<ColumnVariable> needed = FreeVariables.Of(conditions);
        needed.ExceptWith(outer);
        needed.ExceptWith(project.Output);
        needed.IntersectWith(input.Output);
        return new LogicalProject(input, [.. project.Columns, .. needed.Select(c => new Assignment(c, new BoundColumn(c)))]);
    }
}
