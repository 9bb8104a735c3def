using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Computes once what the expressions of a projection or aggregation have in common: in a projection below. Only what is
/// computed for every row anyway is drawn out, so that a branch that guards an expression goes on guarding it.
/// </summary>
internal static class ShareExpressions
{
    public static LogicalPlan Apply(LogicalPlan plan) => plan is LogicalRecursion ? plan : PlanTree.Rewrite(plan, Share);

    private static LogicalPlan Share(LogicalPlan plan)
    {
        if (plan is not (LogicalProject or LogicalAggregate))
        {
            return plan;
        }

        var uses = new Dictionary<BoundExpression, Uses>(ExpressionComparer.Instance);
        foreach (BoundExpression expression in PlanExpressions.Of(plan))
        {
            Count(expression, isAlways: true, uses);
        }

        var made = new Dictionary<BoundExpression, ColumnVariable>(ExpressionComparer.Instance);
        LogicalPlan changed = PlanExpressions.Map(plan, e => ExpressionTree.Replace(e, part =>
        {
            if (!uses.TryGetValue(part, out Uses? used) || used.Number < 2 || !used.IsAlways)
            {
                return null;
            }

            if (!made.TryGetValue(part, out ColumnVariable? variable))
            {
                made[part] = variable = new ColumnVariable(ExpressionText.Of(part), part.Type, part.Nullable);
            }

            return new BoundColumn(variable) { Span = part.Span };
        }));
        if (made.Count == 0)
        {
            return plan;
        }

        HashSet<ColumnVariable> needed = FreeVariables.Of(PlanExpressions.Of(changed));
        LogicalPlan input = ((LogicalUnary)plan).Input;
        var below = new LogicalProject(input, [.. input.Output.Where(needed.Contains).Select(v => new Assignment(v, new BoundColumn(v))), .. made.Select(m => new Assignment(m.Value, m.Key))]);

        // What is drawn out may have parts in common too.
        return changed.WithInputs([Share(below)]);
    }

    private static void Count(BoundExpression expression, bool isAlways, Dictionary<BoundExpression, Uses> uses)
    {
        StackGuard.Check(expression.Span);
        if (expression is BoundColumn or BoundConstant)
        {
            return;
        }

        if (IsWorthIt(expression))
        {
            if (!uses.TryGetValue(expression, out Uses? used))
            {
                uses[expression] = used = new Uses();
            }

            used.Number++;
            used.IsAlways |= isAlways;
            if (used.Number > 1)
            {
                // Its parts are computed once with it; they count as often as they stand elsewhere.
                return;
            }
        }

        IReadOnlyList<BoundExpression> children = expression.Children;
        for (int i = 0; i < children.Count; i++)
        {
            Count(children[i], isAlways && (i == 0 || expression is not (BoundCase or BoundLogic or BoundCoalesce)), uses);
        }
    }

    private static bool IsWorthIt(BoundExpression expression)
        => expression is BoundCall or BoundCast or BoundCase or BoundComparison or BoundLogic or BoundIn && !ExpressionTree.IsVolatile(expression) && !ExpressionTree.Any(expression, e => e is BoundSubquery);

    private sealed class Uses
    {
        public int Number { get; set; }

        public bool IsAlways { get; set; }
    }
}
