using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Planning;

/// <summary>
/// Makes joins of subqueries and of lateral tables, so that nothing is asked once for each row. Cheap ways are tried first:
/// conditions that can be moved into the join, aggregates that can be grouped by what they are compared with. What remains
/// goes the general way of Neumann and Kemper, "Unnesting Arbitrary Queries" (2015): see <see cref="DomainPushdown"/>.
/// </summary>
internal static class Unnest
{
    public static LogicalPlan Apply(LogicalPlan plan, FunctionTable functions) => Rewrite(SubqueriesToApplies.Rewrite(plan), functions);

    private static LogicalPlan Rewrite(LogicalPlan plan, FunctionTable functions)
    {
        StackGuard.Check(default);
        IReadOnlyList<LogicalPlan> inputs = plan.Inputs;
        if (inputs.Count > 0)
        {
            LogicalPlan[] rewritten = [.. inputs.Select(i => Rewrite(i, functions))];
            plan = rewritten.SequenceEqual(inputs, ReferenceEqualityComparer.Instance) ? plan : plan.WithInputs(rewritten);
        }

        return plan is LogicalApply apply ? Eliminate(apply, functions) : plan;
    }

    private static LogicalPlan Eliminate(LogicalApply apply, FunctionTable functions)
    {
        if (ExistsRules.Simplify(ref apply) is { } known)
        {
            return known;
        }

        ColumnVariable[] outer = OuterOf(apply);
        if (outer.Length == 0)
        {
            return apply.Kind == LogicalJoinKind.Single && Cardinality.IsOne(apply.Right)
                ? apply.ToJoin() with { Kind = LogicalJoinKind.Inner }
                : apply.ToJoin();
        }

        return ProjectionPullUp.Try(apply, outer, a => Eliminate(a, functions))
            ?? FilterHoisting.Try(apply, outer)
            ?? AggregateGrouping.Try(apply, outer, functions)
            ?? LateralChain.Try(apply, outer)
            ?? General(apply, outer, functions);
    }

    private static ColumnVariable[] OuterOf(LogicalApply apply)
    {
        HashSet<ColumnVariable> free = FreeVariables.Of(apply.Right);
        return [.. apply.Left.Output.Where(free.Contains).Distinct()];
    }

    private static LogicalPlan General(LogicalApply apply, ColumnVariable[] outer, FunctionTable functions)
    {
        Dependent right = new DomainPushdown(apply.Left, outer, functions).Push(apply.Right);
        BoundExpression? condition = ExpressionTree.And([.. outer.Select(o => right.Same(o, apply.Kind)), apply.Condition]);
        return LogicalPlans.Select(new LogicalJoin(apply.Kind, apply.Left, right.Plan, condition) { Mark = apply.Mark }, apply.Output);
    }
}
