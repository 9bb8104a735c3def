using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Puts expressions in the place of columns, in a whole plan and the subqueries in it.</summary>
internal static class PlanSubstitution
{
    public static LogicalPlan Apply(LogicalPlan plan, IReadOnlyDictionary<ColumnVariable, BoundExpression> replacements)
    {
        StackGuard.Check(default);
        LogicalPlan mapped = PlanExpressions.Map(plan, e => Apply(e, replacements));
        IReadOnlyList<LogicalPlan> inputs = mapped.Inputs;
        return inputs.Count == 0 ? mapped : mapped.WithInputs([.. inputs.Select(i => Apply(i, replacements))]);
    }

    public static BoundExpression Apply(BoundExpression expression, IReadOnlyDictionary<ColumnVariable, BoundExpression> replacements)
        => ExpressionTree.Replace(expression, e => e switch
        {
            BoundColumn column => replacements.TryGetValue(column.Column, out BoundExpression? value) ? value : e,
            BoundSubquery subquery when subquery.Outer.Any(replacements.ContainsKey) => Apply(subquery, replacements),
            _ => null,
        });

    private static BoundSubquery Apply(BoundSubquery subquery, IReadOnlyDictionary<ColumnVariable, BoundExpression> replacements)
    {
        LogicalPlan plan = Apply(subquery.Query, replacements);
        return subquery with { Query = plan, Outer = [.. FreeVariables.Of(plan)], Left = [.. subquery.Left.Select(l => Apply(l, replacements))] };
    }
}
