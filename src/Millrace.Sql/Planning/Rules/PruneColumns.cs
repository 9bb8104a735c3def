using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Leaves out columns, aggregates and calls that nothing uses, so that scans read only what is needed.</summary>
internal static class PruneColumns
{
    public static LogicalPlan Apply(LogicalPlan plan) => Prune(plan, [.. plan.Output]);

    private static LogicalPlan Prune(LogicalPlan plan, HashSet<ColumnVariable> needed)
    {
        StackGuard.Check(default);
        switch (plan)
        {
            case LogicalScan p:
                needed.UnionWith(FreeVariables.Of(p.Predicates));
                return p with { Columns = [.. p.Columns.Where(c => needed.Contains(c.Variable))] };
            case LogicalValues p:
                int[] kept = Numbers(p.Columns, needed);
                return kept.Length == p.Columns.Count ? p : new LogicalValues([.. kept.Select(k => p.Columns[k])], [.. p.Rows.Select(r => kept.Select(k => r[k]).ToArray())]);
            case LogicalProject p:
                p = p with { Columns = [.. p.Columns.Where(c => needed.Contains(c.Variable))] };
                return PruneInputs(p, []);
            case LogicalAggregate p:
                p = p with { Aggregates = [.. p.Aggregates.Where(a => needed.Contains(a.Variable))], GroupingId = p.GroupingId is { } id && needed.Contains(id) ? id : null };
                // A group of everything of which nothing is asked is one row.
                return p is { Keys.Count: 0, Aggregates.Count: 0, Sets: null } ? LogicalPlans.OneRow : PruneInputs(p, []);
            case LogicalWindow p:
                p = p with { Calls = [.. p.Calls.Where(c => needed.Contains(c.Variable))] };
                return p.Calls.Count == 0 ? Prune(p.Input, needed) : PruneInputs(p, needed);
            case LogicalUnion p:
                return PruneUnion(p, needed);
            case LogicalSetOperation or LogicalRecursion:
                return PlanTree.WithInputs(plan, i => Prune(i, [.. i.Output]));
            case LogicalLeaf:
                return plan;
            default:
                return PruneInputs(plan, needed);
        }
    }

    private static LogicalPlan PruneInputs(LogicalPlan plan, IEnumerable<ColumnVariable> needed)
    {
        HashSet<ColumnVariable> used = [.. needed];
        foreach (BoundExpression expression in PlanExpressions.Of(plan))
        {
            used.UnionWith(FreeVariables.Of(expression));
        }

        return PlanTree.WithInputs(plan, i => Prune(i, used));
    }

    // Columns of a union are known by their place, so all parts lose the same.
    private static LogicalUnion PruneUnion(LogicalUnion union, HashSet<ColumnVariable> needed)
    {
        int[] kept = Numbers(union.Columns, needed);
        LogicalPlan[] parts = [.. union.Parts.Select(part =>
        {
            ColumnVariable[] columns = [.. kept.Select(k => part.Output[k])];
            LogicalPlan pruned = Prune(part, [.. columns]);
            return LogicalPlans.Select(pruned, columns);
        })];
        return new LogicalUnion(parts, [.. kept.Select(k => union.Columns[k])]);
    }

    private static int[] Numbers(IReadOnlyList<ColumnVariable> columns, HashSet<ColumnVariable> needed)
        => [.. Enumerable.Range(0, columns.Count).Where(i => needed.Contains(columns[i]))];
}
