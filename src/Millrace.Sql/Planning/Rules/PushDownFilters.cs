using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves conditions towards the tables: through projections, keys of groups and windows, unions and joins, into scans, which
/// may leave rows out by them. On the way outer joins whose nulls are rejected become inner ones.
/// </summary>
internal static class PushDownFilters
{
    public static LogicalPlan Apply(LogicalPlan plan) => Push(plan, []);

    private static LogicalPlan Push(LogicalPlan plan, IReadOnlyList<BoundExpression> conditions)
    {
        StackGuard.Check(default);
        switch (plan)
        {
            case LogicalFilter p:
                return Push(p.Input, [.. Disjunctions.Factor(ExpressionTree.Conjuncts(p.Condition)), .. conditions]);
            case LogicalProject p:
                var expressions = new Dictionary<ColumnVariable, BoundExpression>();
                foreach (Assignment column in p.Columns)
                {
                    expressions[column.Variable] = column.Expression;
                }

                return PushSome(p, conditions, c => FreeVariables.Of(c).All(v => !expressions.TryGetValue(v, out BoundExpression? e) || !ExpressionTree.IsVolatile(e)), c => PlanSubstitution.Apply(c, expressions));
            case LogicalAggregate p:
                return PushAggregate(p, conditions);
            case LogicalWindow p:
                HashSet<ColumnVariable> partition = [.. p.PartitionBy.OfType<BoundColumn>().Select(c => c.Column)];
                return PushSome(p, conditions, c => FreeVariables.Of(c) is { Count: > 0 } used && used.IsSubsetOf(partition));
            case LogicalDistinctOn p:
                HashSet<ColumnVariable> keys = [.. p.Keys.OfType<BoundColumn>().Select(c => c.Column)];
                return PushSome(p, conditions, c => FreeVariables.Of(c) is { Count: > 0 } used && used.IsSubsetOf(keys));
            case LogicalLatest p:
                HashSet<ColumnVariable> told = [.. p.Keys.OfType<BoundColumn>().Select(c => c.Column)];
                return PushSome(p, conditions, c => FreeVariables.Of(c) is { Count: > 0 } used && used.IsSubsetOf(told));
            case LogicalTimeWindow { Kind: TimeWindowKind.Session } p:
                HashSet<ColumnVariable> session = [.. p.Key.OfType<BoundColumn>().Select(c => c.Column)];
                return PushSome(p, conditions, c => FreeVariables.Of(c) is { Count: > 0 } used && used.IsSubsetOf(session));
            case LogicalSort or LogicalUnnest or LogicalSeries or LogicalTimeWindow:
                IReadOnlyList<ColumnVariable> below = plan.Inputs[0].Output;
                return PushSome((LogicalUnary)plan, conditions, c => !FreeVariables.Of(c).Overlaps(plan.Output.Except(below)));
            case LogicalUnion p:
                return p with { Parts = [.. p.Parts.Select(part => Push(part, Rename(conditions, p.Columns, part.Output)))] };
            case LogicalSetOperation p when !conditions.Any(ExpressionTree.IsVolatile):
                return p with { Left = Push(p.Left, Rename(conditions, p.Columns, p.Left.Output)), Right = Push(p.Right, Rename(conditions, p.Columns, p.Right.Output)) };
            case LogicalJoin p:
                return PushJoin(p, conditions);
            case LogicalScan p:
                return Keep(PushScan(p, conditions), conditions);
            default:
                return Keep(PlanTree.WithInputs(plan, i => Push(i, [])), conditions);
        }
    }

    private static LogicalPlan Keep(LogicalPlan plan, IEnumerable<BoundExpression> conditions) => LogicalPlans.Filter(plan, ExpressionTree.And(conditions));

    private static LogicalPlan PushSome(LogicalUnary plan, IReadOnlyList<BoundExpression> conditions, Func<BoundExpression, bool> passes, Func<BoundExpression, BoundExpression>? rewrite = null)
    {
        var below = new List<BoundExpression>();
        var here = new List<BoundExpression>();
        foreach (BoundExpression condition in conditions)
        {
            if (!ExpressionTree.IsVolatile(condition) && passes(condition))
            {
                below.Add(rewrite is null ? condition : rewrite(condition));
            }
            else
            {
                here.Add(condition);
            }
        }

        return Keep(plan with { Input = Push(plan.Input, below) }, here);
    }

    // Conditions on keys choose whole groups; with grouping sets, on keys that are in every set.
    private static LogicalPlan PushAggregate(LogicalAggregate plan, IReadOnlyList<BoundExpression> conditions)
    {
        var keys = new Dictionary<ColumnVariable, BoundExpression>();
        for (int i = 0; i < plan.Keys.Count; i++)
        {
            if (plan.Sets?.All(s => s.Contains(i)) != false && !ExpressionTree.IsVolatile(plan.Keys[i].Expression))
            {
                keys[plan.Keys[i].Variable] = plan.Keys[i].Expression;
            }
        }

        return PushSome(plan, conditions, c => FreeVariables.Of(c) is { Count: > 0 } used && used.All(keys.ContainsKey), c => PlanSubstitution.Apply(c, keys));
    }

    private static BoundExpression[] Rename(IReadOnlyList<BoundExpression> conditions, IReadOnlyList<ColumnVariable> from, IReadOnlyList<ColumnVariable> to)
    {
        var names = new Dictionary<ColumnVariable, BoundExpression>();
        for (int i = 0; i < from.Count; i++)
        {
            names[from[i]] = new BoundColumn(to[i]);
        }

        return [.. conditions.Select(c => PlanSubstitution.Apply(c, names))];
    }

    private static LogicalPlan PushJoin(LogicalJoin join, IReadOnlyList<BoundExpression> conditions)
    {
        IReadOnlyList<ColumnVariable> leftColumns = join.Left.Output;
        IReadOnlyList<ColumnVariable> rightColumns = join.Right.Output;
        join = join with { Kind = Simplify(join.Kind, conditions, [.. leftColumns], [.. rightColumns]) };
        List<BoundExpression> on = [.. Disjunctions.Factor(ExpressionTree.Conjuncts(join.Condition))];
        List<BoundExpression> above = [.. conditions];
        var left = new List<BoundExpression>();
        var right = new List<BoundExpression>();
        if (join.Kind == LogicalJoinKind.Inner)
        {
            on.AddRange(above.Where(c => !ExpressionTree.IsVolatile(c)));
            above.RemoveAll(c => !ExpressionTree.IsVolatile(c));
            on.AddRange(ImpliedConstants.Of(on));
            on.AddRange([.. Disjunctions.Of(on, leftColumns), .. Disjunctions.Of(on, rightColumns)]);
        }

        bool leftKept = join.Kind is not (LogicalJoinKind.Right or LogicalJoinKind.Full);
        bool rightKept = join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Right;
        if (leftKept)
        {
            Move(above, left, rightColumns, join.Mark);
        }

        if (rightKept)
        {
            Move(above, right, leftColumns, null);
        }

        // What the condition says of one side alone chooses rows of that side, unless they are kept without a match.
        if (join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Semi or LogicalJoinKind.Right or LogicalJoinKind.AsOf)
        {
            Move(on, left, rightColumns, null);
        }

        if (join.Kind is not (LogicalJoinKind.Right or LogicalJoinKind.Full or LogicalJoinKind.Mark))
        {
            Move(on, right, leftColumns, null);
        }

        join = join with { Left = Push(join.Left, left), Right = Push(join.Right, right), Condition = ExpressionTree.And(on) };
        return Keep(join, above);
    }

    private static void Move(List<BoundExpression> from, List<BoundExpression> to, IReadOnlyList<ColumnVariable> others, ColumnVariable? mark)
    {
        for (int i = 0; i < from.Count; i++)
        {
            HashSet<ColumnVariable> used = FreeVariables.Of(from[i]);
            if (!ExpressionTree.IsVolatile(from[i]) && used.Count > 0 && !used.Overlaps(others) && (mark is null || !used.Contains(mark)))
            {
                to.Add(from[i]);
                from.RemoveAt(i--);
            }
        }
    }

    private static LogicalJoinKind Simplify(LogicalJoinKind kind, IReadOnlyList<BoundExpression> conditions, HashSet<ColumnVariable> left, HashSet<ColumnVariable> right)
    {
        bool noLeftNulls = kind is LogicalJoinKind.Right or LogicalJoinKind.Full && conditions.Any(c => NullRejection.Rejects(c, left));
        bool noRightNulls = kind is LogicalJoinKind.Left or LogicalJoinKind.Full or LogicalJoinKind.AsOfLeft && conditions.Any(c => NullRejection.Rejects(c, right));
        return (kind, noLeftNulls, noRightNulls) switch
        {
            (LogicalJoinKind.Left, _, true) or (LogicalJoinKind.Right, true, _) or (LogicalJoinKind.Full, true, true) => LogicalJoinKind.Inner,
            (LogicalJoinKind.Full, true, false) => LogicalJoinKind.Left,
            (LogicalJoinKind.Full, false, true) => LogicalJoinKind.Right,
            (LogicalJoinKind.AsOfLeft, _, true) => LogicalJoinKind.AsOf,
            _ => kind,
        };
    }

    private static LogicalScan PushScan(LogicalScan scan, IReadOnlyList<BoundExpression> conditions)
    {
        BoundExpression[] predicates = [.. conditions.Where(c => c is BoundComparison { Left: BoundColumn, Right: BoundConstant { Value: not null } } or BoundIsNull { Operand: BoundColumn })];
        return predicates.Length == 0 ? scan : scan with { Predicates = [.. scan.Predicates, .. predicates] };
    }
}
