using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>
/// The rows of a common table that would be others each time they are computed, because a call in it gives another value each
/// time: they are computed once, and each place that names the table reads the same.
/// </summary>
internal sealed class CommonRows
{
    private SharedPlan? _plan;
    private Relation? _relation;

    /// <summary>The rows for a further place; null as long as none has been bound that has to be shared.</summary>
    public Relation? Read()
    {
        if (_plan is not { } plan || _relation is not { } relation)
        {
            return null;
        }

        RelationColumn[] columns = [.. relation.Columns.Select(c => c with { Variable = new ColumnVariable(c.Variable.Name, c.Variable.Type, c.Variable.Nullable) })];
        return new Relation(new LogicalShared(plan, [.. columns.Select(c => c.Variable)], [.. relation.Columns.Select(c => c.Variable)]), columns);
    }

    /// <summary>The rows for the first place.</summary>
    /// <param name="relation">The table, bound.</param>
    /// <param name="context">Of the statement.</param>
    public Relation Take(Relation relation, BindingContext context)
    {
        if (!context.SharesCommonRows || !IsVolatile(relation.Plan) || FreeVariables.Of(relation.Plan).Count > 0)
        {
            return relation;
        }

        LogicalPlan plan = LogicalPlans.Select(relation.Plan, [.. relation.Columns.Select(c => c.Variable).Distinct()]);
        _plan = new SharedPlan(0, PlanRules.Apply(plan, context.Functions, context.TimeZone));
        _relation = relation;
        return Read()!;
    }

    private static bool IsVolatile(LogicalPlan plan)
    {
        StackGuard.Check(default);
        return PlanExpressions.Of(plan).Any(IsVolatile) || plan.Inputs.Any(IsVolatile);
    }

    private static bool IsVolatile(BoundExpression expression)
        => ExpressionTree.IsVolatile(expression) || ExpressionTree.Any(expression, e => e is BoundSubquery subquery && IsVolatile(subquery.Query));
}
