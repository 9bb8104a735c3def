using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Takes subqueries out of expressions: under the operator comes a <see cref="LogicalApply"/> that asks the query for each
/// row, and in the expression stands a column with the answer.
/// </summary>
internal static class SubqueriesToApplies
{
    public static LogicalPlan Rewrite(LogicalPlan plan)
    {
        StackGuard.Check(default);
        IReadOnlyList<LogicalPlan> inputs = plan.Inputs;
        plan = inputs.Count == 0 ? plan : plan.WithInputs([.. inputs.Select(Rewrite)]);
        return PlanExpressions.Of(plan).Any(Has) ? RewriteHere(plan) : plan;
    }

    private static bool Has(BoundExpression expression) => ExpressionTree.Any(expression, e => e is BoundSubquery);

    private static LogicalPlan RewriteHere(LogicalPlan plan)
    {
        IReadOnlyList<ColumnVariable> output = plan.Output;
        switch (plan)
        {
            case LogicalFilter filter:
                return LogicalPlans.Select(RewriteFilter(filter), output);
            case LogicalJoin join:
                return LogicalPlans.Select(RewriteJoin(join), output);
            case LogicalApply apply:
                return LogicalPlans.Select(Rewrite(new LogicalFilter(apply with { Condition = null }, Inner(apply.Kind, apply.Condition!))), output);
            case LogicalUnary unary:
                LogicalPlan input = unary.Input;
                LogicalPlan mapped = PlanExpressions.Map(plan, e => Extract(e, ref input));
                return LogicalPlans.Select(((LogicalUnary)mapped) with { Input = input }, output);
            default:
                throw BindingErrors.Unsupported("A subquery stands where it cannot be run.", PlanExpressions.Of(plan)[0].Span);
        }
    }

    // Conditions without subqueries come first; EXISTS and IN that have to hold are semi joins.
    private static LogicalPlan RewriteFilter(LogicalFilter filter)
    {
        IReadOnlyList<BoundExpression> conjuncts = ExpressionTree.Conjuncts(filter.Condition);
        LogicalPlan plan = LogicalPlans.Filter(filter.Input, ExpressionTree.And(conjuncts.Where(c => !Has(c))));
        foreach (BoundExpression conjunct in conjuncts.Where(Has))
        {
            switch (conjunct)
            {
                case BoundSubquery { Kind: SubqueryKind.Exists or SubqueryKind.Any } subquery when !subquery.Left.Any(Has):
                    plan = new LogicalApply(LogicalJoinKind.Semi, plan, Rewrite(subquery.Query), Comparison(subquery));
                    break;
                case BoundNot { Operand: BoundSubquery { Kind: SubqueryKind.Exists } subquery }:
                    plan = new LogicalApply(LogicalJoinKind.Anti, plan, Rewrite(subquery.Query), null);
                    break;
                case BoundNot { Operand: BoundSubquery { Kind: SubqueryKind.Any } subquery } when Comparison(subquery) is { Nullable: false } comparison && !subquery.Left.Any(Has):
                    plan = new LogicalApply(LogicalJoinKind.Anti, plan, Rewrite(subquery.Query), comparison);
                    break;
                default:
                    BoundExpression condition = Extract(conjunct, ref plan);
                    plan = new LogicalFilter(plan, condition);
                    break;
            }
        }

        return plan;
    }

    // In the condition of an outer join a subquery has to go with one side.
    private static LogicalPlan RewriteJoin(LogicalJoin join)
    {
        if (join.Kind == LogicalJoinKind.Inner)
        {
            return Rewrite(new LogicalFilter(join with { Condition = null }, join.Condition!));
        }

        LogicalPlan left = join.Left;
        LogicalPlan right = join.Right;
        var conjuncts = new List<BoundExpression>();
        foreach (BoundExpression conjunct in ExpressionTree.Conjuncts(join.Condition))
        {
            conjuncts.Add(ExpressionTree.Replace(conjunct, e => e is BoundSubquery subquery ? Place(subquery, ref left, ref right) : null));
        }

        return join with { Left = left, Right = right, Condition = ExpressionTree.And(conjuncts) };
    }

    private static BoundExpression Place(BoundSubquery subquery, ref LogicalPlan left, ref LogicalPlan right)
    {
        HashSet<ColumnVariable> used = FreeVariables.Of(subquery);
        if (!used.Overlaps(left.Output))
        {
            return Extract(subquery, ref right);
        }

        return !used.Overlaps(right.Output)
            ? Extract(subquery, ref left)
            : throw BindingErrors.Unsupported("A subquery in the condition of an outer join uses columns of both sides.", subquery.Span, "Compute it in a derived table on one side.");
    }

    private static BoundExpression Inner(LogicalJoinKind kind, BoundExpression condition) => kind == LogicalJoinKind.Inner
        ? condition
        : throw BindingErrors.Unsupported("The condition of a lateral outer join cannot contain a subquery.", condition.Span, "Put the condition into the lateral query.");

    /// <summary>The expression with columns in place of subqueries, whose answers <paramref name="plan"/> then gives.</summary>
    private static BoundExpression Extract(BoundExpression expression, ref LogicalPlan plan)
    {
        if (!Has(expression))
        {
            return expression;
        }

        LogicalPlan current = plan;
        BoundExpression extracted = ExpressionTree.Replace(expression, e => e is BoundSubquery subquery ? Answer(subquery, ref current) : null);
        plan = current;
        return extracted;
    }

    private static BoundExpression Answer(BoundSubquery subquery, ref LogicalPlan plan)
    {
        if (subquery.Left.Any(Has))
        {
            LogicalPlan outer = plan;
            subquery = subquery with { Left = [.. subquery.Left.Select(l => Extract(l, ref outer))] };
            plan = outer;
        }

        LogicalPlan query = Rewrite(subquery.Query);
        if (subquery.Kind == SubqueryKind.Scalar)
        {
            // The value is null where the query has no row, whatever its column says.
            ColumnVariable source = query.Output[0];
            var value = new ColumnVariable(source.Name, source.Type);
            query = new LogicalProject(query, [new Assignment(value, new BoundColumn(source))]);
            plan = new LogicalApply(LogicalJoinKind.Single, plan, query, null);
            return new BoundColumn(value) { Span = subquery.Span };
        }

        var mark = new ColumnVariable("mark", DataType.Boolean, subquery.Kind != SubqueryKind.Exists);
        bool all = subquery.Kind == SubqueryKind.All;
        BoundExpression? comparison = Comparison(all ? subquery with { Operator = ExpressionTree.Negate(subquery.Operator) } : subquery);
        plan = new LogicalApply(LogicalJoinKind.Mark, plan, query, comparison) { Mark = mark };
        var answer = new BoundColumn(mark) { Span = subquery.Span };
        return all ? new BoundNot(answer) { Span = subquery.Span } : answer;
    }

    // Rows of several values are compared value by value; for ALL the comparison is already turned around, and one difference is enough.
    private static BoundExpression? Comparison(BoundSubquery subquery)
    {
        IReadOnlyList<ColumnVariable> right = subquery.Query.Output;
        return ExpressionTree.And(subquery.Left.Select((l, i) => (BoundExpression?)new BoundComparison(subquery.Operator, l, new BoundColumn(right[i])) { Span = subquery.Span }));
    }
}
