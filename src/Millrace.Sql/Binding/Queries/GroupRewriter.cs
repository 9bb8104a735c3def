using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>
/// Brings expressions that were bound over the rows of FROM behind the grouping: what equals a key becomes the key's column,
/// aggregates are columns already, and any other column is an error.
/// </summary>
/// <param name="keys">The keys.</param>
/// <param name="variables">Their columns behind the grouping.</param>
/// <param name="rows">The columns before it.</param>
/// <param name="groupings">Calls of GROUPING and what they are.</param>
internal sealed class GroupRewriter(GroupKeys keys, IReadOnlyList<ColumnVariable> variables, IReadOnlyCollection<ColumnVariable> rows, IReadOnlyDictionary<ColumnVariable, BoundExpression> groupings)
{
    private readonly HashSet<ColumnVariable> _rows = [.. rows];

    public BoundExpression Rewrite(BoundExpression expression) => ExpressionTree.Replace(expression, Replace);

    private BoundExpression? Replace(BoundExpression expression)
    {
        if (expression is BoundConstant or UntypedLiteral)
        {
            return expression;
        }

        int key = keys.Find(expression);
        if (key >= 0)
        {
            return new BoundColumn(variables[key]) { Span = expression.Span };
        }

        switch (expression)
        {
            case BoundColumn column when groupings.TryGetValue(column.Column, out BoundExpression? grouping):
                return grouping;
            case BoundColumn column:
                return _rows.Contains(column.Column) ? throw BindingErrors.Ungrouped(column.Column.Name, expression.Span) : column;
            case BoundSubquery subquery:
                return Rewrite(subquery);
            default:
                return null;
        }
    }

    private BoundSubquery Rewrite(BoundSubquery subquery)
    {
        Dictionary<ColumnVariable, BoundExpression> inner = subquery.Outer
            .Where(o => _rows.Contains(o) || groupings.ContainsKey(o))
            .ToDictionary(o => o, o => Rewrite(new BoundColumn(o) { Span = subquery.Span }));
        LogicalPlan plan = inner.Count == 0 ? subquery.Query : PlanSubstitution.Apply(subquery.Query, inner);
        return subquery with { Query = plan, Outer = [.. FreeVariables.Of(plan)], Left = [.. subquery.Left.Select(Rewrite)] };
    }
}
