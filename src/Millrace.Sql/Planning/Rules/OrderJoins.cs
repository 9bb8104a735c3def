using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Chooses the order of inner joins where the sizes of all tables are known: the largest table is read once, and the others
/// are joined to it, first those that leave the fewest rows. The smaller side stands right, where it is kept in memory.
/// </summary>
internal static class OrderJoins
{
    public static LogicalPlan Apply(LogicalPlan plan)
    {
        StackGuard.Check(default);
        if (plan is not LogicalJoin { Kind: LogicalJoinKind.Inner } join)
        {
            return PlanTree.WithInputs(plan, Apply);
        }

        var tables = new List<LogicalPlan>();
        var conditions = new List<BoundExpression>();
        Collect(join, tables, conditions);
        double?[] rows = [.. tables.Select(Cardinality.Estimate)];
        if (rows.Any(r => r is null) || conditions.Any(ExpressionTree.IsVolatile))
        {
            return Rebuild(join);
        }

        Item[] items = [.. tables.Select((t, i) => new Item(Apply(t), Math.Max(rows[i]!.Value, 1), Cardinality.EstimateBase(t) ?? 1))];
        return LogicalPlans.Select(Order(items, conditions), join.Output);
    }

    // Sizes that are not known leave the order as written.
    private static LogicalPlan Rebuild(LogicalJoin join)
        => PlanTree.WithInputs(join, i => i is LogicalJoin { Kind: LogicalJoinKind.Inner } inner ? Rebuild(inner) : Apply(i));

    private static void Collect(LogicalPlan plan, List<LogicalPlan> tables, List<BoundExpression> conditions)
    {
        while (plan is LogicalJoin { Kind: LogicalJoinKind.Inner } join)
        {
            conditions.AddRange(ExpressionTree.Conjuncts(join.Condition));
            Collect(join.Right, tables, conditions);
            plan = join.Left;
        }

        tables.Add(plan);
    }

    private static LogicalPlan Order(Item[] items, List<BoundExpression> conditions)
    {
        var left = items.ToList();
        Item current = left.MaxBy(i => i.Rows)!;
        left.Remove(current);
        var open = conditions.Select(c => (Condition: c, Uses: FreeVariables.Of(c))).ToList();
        while (left.Count > 0)
        {
            HashSet<ColumnVariable> have = [.. current.Plan.Output];
            Item next = left.OrderBy(i => Connected(i, have, open) ? 0 : 1).ThenBy(i => Joined(current, i, Connected(i, have, open))).First();
            bool connected = Connected(next, have, open);
            left.Remove(next);
            have.UnionWith(next.Plan.Output);
            BoundExpression[] on = [.. open.Where(c => c.Uses.IsSubsetOf(have)).Select(c => c.Condition)];
            open.RemoveAll(c => c.Uses.IsSubsetOf(have));
            double rows = Joined(current, next, connected);
            (LogicalPlan probe, LogicalPlan build) = next.Rows > current.Rows ? (next.Plan, current.Plan) : (current.Plan, next.Plan);
            current = new Item(new LogicalJoin(LogicalJoinKind.Inner, probe, build, ExpressionTree.And(on)), rows, Math.Max(current.Base, next.Base));
        }

        return LogicalPlans.Filter(current.Plan, ExpressionTree.And(open.Select(c => c.Condition)));
    }

    private static bool Connected(Item item, HashSet<ColumnVariable> have, List<(BoundExpression Condition, HashSet<ColumnVariable> Uses)> open)
        => open.Exists(c => c.Condition is BoundComparison { Operator: CompareOperator.Equal or CompareOperator.NotDistinctFrom } && c.Uses.Overlaps(have) && c.Uses.Overlaps(item.Plan.Output) && c.Uses.All(v => have.Contains(v) || item.Plan.Output.Contains(v)));

    private static double Joined(Item left, Item right, bool connected)
        => connected ? Cardinality.Joined(left.Rows, left.Base, right.Rows, right.Base) : left.Rows * right.Rows;

    private sealed record Item(LogicalPlan Plan, double Rows, double Base);
}
