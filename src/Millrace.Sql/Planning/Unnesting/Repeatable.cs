using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Whether a plan gives the same rows when it is run again in the same statement. Where outer rows are computed once for the
/// join and once for the domain, a difference would be a wrong answer.
/// </summary>
internal static class Repeatable
{
    public static void Require(LogicalPlan plan, IReadOnlyList<ColumnVariable> columns)
    {
        var uncertain = new HashSet<ColumnVariable>();
        Visit(plan, uncertain);
        if (uncertain.Overlaps(columns))
        {
            throw Error(default);
        }
    }

    private static void Visit(LogicalPlan plan, HashSet<ColumnVariable> uncertain)
    {
        foreach (LogicalPlan input in plan.Inputs)
        {
            Visit(input, uncertain);
        }

        foreach (BoundExpression expression in PlanExpressions.Of(plan))
        {
            if (ExpressionTree.IsVolatile(expression))
            {
                throw Error(expression.Span);
            }
        }

        switch (plan)
        {
            case LogicalLimit or LogicalDistinctOn:
                throw Error(default);
            case LogicalWindow p:
                uncertain.UnionWith(p.Calls.Select(c => c.Variable));
                break;
            case LogicalAggregate p:
                Follow(p.Keys, uncertain);
                // Sums of floats and aggregates in the order of rows depend on how lanes take turns.
                uncertain.UnionWith(p.Aggregates.Where(a => a.Aggregate.Type.IsFloat || a.Aggregate.Overload.Ordered || Uses(a.Aggregate.Arguments, uncertain)).Select(a => a.Variable));
                break;
            case LogicalProject p:
                Follow(p.Columns, uncertain);
                break;
            case LogicalFilter or LogicalJoin or LogicalUnnest or LogicalSeries when Uses(PlanExpressions.Of(plan), uncertain):
                throw Error(PlanExpressions.Of(plan)[0].Span);
            case LogicalUnion or LogicalSetOperation or LogicalRecursion when plan.Inputs.Any(i => uncertain.Overlaps(i.Output)):
                uncertain.UnionWith(plan.Output);
                break;
        }
    }

    private static void Follow(IEnumerable<Assignment> assignments, HashSet<ColumnVariable> uncertain)
        => uncertain.UnionWith(assignments.Where(a => Uses([a.Expression], uncertain)).Select(a => a.Variable).ToList());

    private static bool Uses(IEnumerable<BoundExpression> expressions, HashSet<ColumnVariable> uncertain)
        => uncertain.Count > 0 && FreeVariables.Of(expressions).Overlaps(uncertain);

    private static MillraceException Error(Parsing.TextSpan span)
        => BindingErrors.Unsupported("This correlated subquery would need the outer rows twice, which random values, LIMIT or window calls make different each time.", span, "Join with a grouped subquery instead, or compare with = only.");
}
