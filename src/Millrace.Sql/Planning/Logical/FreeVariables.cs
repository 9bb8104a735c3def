using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>The columns that a plan or expression uses and does not make itself.</summary>
public static class FreeVariables
{
    public static HashSet<ColumnVariable> Of(LogicalPlan plan)
    {
        var used = new HashSet<ColumnVariable>();
        Add(plan, used);
        return used;
    }

    public static HashSet<ColumnVariable> Of(BoundExpression expression)
    {
        var used = new HashSet<ColumnVariable>();
        Add(expression, used);
        return used;
    }

    public static HashSet<ColumnVariable> Of(IEnumerable<BoundExpression> expressions)
    {
        var used = new HashSet<ColumnVariable>();
        foreach (BoundExpression expression in expressions)
        {
            Add(expression, used);
        }

        return used;
    }

    private static void Add(BoundExpression expression, HashSet<ColumnVariable> used)
    {
        StackGuard.Check(expression.Span);
        switch (expression)
        {
            case BoundColumn column:
                used.Add(column.Column);
                break;
            case BoundSubquery subquery:
                used.UnionWith(Of(subquery.Query));
                break;
        }

        foreach (BoundExpression child in expression.Children)
        {
            Add(child, used);
        }
    }

    // Variables are identities, so what any input makes is bound in the whole operator.
    private static void Add(LogicalPlan plan, HashSet<ColumnVariable> used)
    {
        StackGuard.Check(default);
        var here = new HashSet<ColumnVariable>();
        foreach (BoundExpression expression in PlanExpressions.Of(plan))
        {
            Add(expression, here);
        }

        foreach (LogicalPlan input in plan.Inputs)
        {
            Add(input, here);
        }

        foreach (LogicalPlan input in plan.Inputs)
        {
            here.ExceptWith(input.Output);
        }

        if (plan is LogicalScan scan)
        {
            here.ExceptWith(scan.Output);
        }

        if (plan is LogicalSetOperation or LogicalUnion)
        {
            here.ExceptWith(plan.Output);
        }

        used.UnionWith(here);
    }
}
