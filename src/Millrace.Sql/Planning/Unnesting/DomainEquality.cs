using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Filters that say of every outer column which value of the row it equals: then that value takes the domain's place.</summary>
internal static class DomainEquality
{
    public static Dependent? Try(LogicalFilter filter, IReadOnlyList<ColumnVariable> outer)
    {
        var all = new HashSet<ColumnVariable>(outer);
        if (FreeVariables.Of(filter.Input).Overlaps(all))
        {
            return null;
        }

        var values = new Dictionary<ColumnVariable, BoundExpression>();
        var rest = new List<BoundExpression>();
        foreach (BoundExpression conjunct in ExpressionTree.Conjuncts(filter.Condition))
        {
            if (!TryEquality(conjunct, all, out ColumnVariable? column, out BoundExpression? value) || !values.TryAdd(column, value))
            {
                rest.Add(conjunct);
            }
        }

        if (values.Count < all.Count)
        {
            return null;
        }

        LogicalPlan plan = filter.Input;
        var columns = new Dictionary<ColumnVariable, ColumnVariable>();
        var computed = new List<Assignment>();
        foreach ((ColumnVariable column, BoundExpression value) in values)
        {
            columns[column] = value is BoundColumn same ? same.Column : new ColumnVariable(column.Name, column.Type, value.Nullable);
            if (value is not BoundColumn)
            {
                computed.Add(new Assignment(columns[column], value));
            }
        }

        // A null equals nothing, so rows with one belong to no outer row.
        IEnumerable<BoundExpression?> known = values.Values.Where(v => v.Nullable).Select(v => new BoundIsNull(v, Negated: true) { Span = v.Span });
        plan = LogicalPlans.Filter(plan, ExpressionTree.And([.. rest.Select(r => PlanSubstitution.Apply(r, values)), .. known]));
        if (computed.Count > 0)
        {
            plan = LogicalPlans.Project(plan, [.. plan.Output.Distinct().Select(c => new Assignment(c, new BoundColumn(c))), .. computed]);
        }

        return new Dependent(plan, columns, Certain: true);
    }

    private static bool TryEquality(
        BoundExpression condition,
        HashSet<ColumnVariable> outer,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ColumnVariable? column,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out BoundExpression? value)
    {
        (column, value) = (null, null);
        if (condition is not BoundComparison { Operator: CompareOperator.Equal } equal)
        {
            return false;
        }

        (column, value) = (equal.Left, equal.Right) switch
        {
            (BoundColumn left, _) when outer.Contains(left.Column) => (left.Column, equal.Right),
            (_, BoundColumn right) when outer.Contains(right.Column) => (right.Column, equal.Left),
            _ => (null, null),
        };
        return column is not null && value is not null && !FreeVariables.Of(value).Overlaps(outer) && !ExpressionTree.IsVolatile(value);
    }
}
