using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary><c>VALUES</c>: rows written out, whose columns get common types.</summary>
internal static class ValuesBinder
{
    /// <param name="queries">Binds queries in the rows.</param>
    /// <param name="syntax">The rows.</param>
    /// <param name="tables">Tables of a WITH around.</param>
    /// <param name="outer">What stands around.</param>
    /// <param name="assign">Brings a value of a column, by its number, to the type it is wanted in; null for the type that the column's values have in common.</param>
    public static Relation Bind(QueryBodyBinder queries, ValuesSyntax syntax, CommonTables? tables, Scope? outer, Func<int, BoundExpression, BoundExpression>? assign = null)
    {
        var binder = new ExpressionBinder(queries, Scope.Empty(outer), tables, new Clause("VALUES"));
        int width = syntax.Rows[0].Count;
        var rows = new List<List<BoundExpression>>();
        foreach (IReadOnlyList<ExpressionSyntax> row in syntax.Rows)
        {
            if (row.Count != width)
            {
                throw BindingErrors.ColumnCount($"A row of VALUES has {row.Count} values, the first has {width}.", row.Count > 0 ? row[^1].Span : syntax.Span);
            }

            rows.Add(binder.Bind(row));
        }

        var columns = new ColumnVariable[width];
        for (int c = 0; c < width; c++)
        {
            BoundExpression[] written = [.. rows.Select(r => r[c])];
            int number = c;
            IReadOnlyList<BoundExpression> values = assign is null ? Coercion.Unify(written, "A column of VALUES") : [.. written.Select(v => assign(number, v))];
            for (int r = 0; r < rows.Count; r++)
            {
                rows[r][c] = values[r];
            }

            columns[c] = new ColumnVariable($"column{c + 1}", values[0].Type, values.Any(v => v.Nullable));
        }

        return new Relation(Plan(columns, rows), [.. columns.Select(c => new RelationColumn(c.Name, c))]);
    }

    // Rows that ask a subquery or a row around them are queries of their own.
    private static LogicalPlan Plan(ColumnVariable[] columns, List<List<BoundExpression>> rows)
    {
        if (!rows.Exists(r => r.Exists(e => ExpressionTree.Any(e, x => x is BoundSubquery or BoundColumn))))
        {
            return new LogicalValues(columns, [.. rows]);
        }

        LogicalPlan[] parts = [.. rows.Select(r => LogicalPlans.Project(LogicalPlans.OneRow, columns.Zip(r, (c, e) => new Assignment(new ColumnVariable(c.Name, c.Type), e))))];
        return new LogicalUnion(parts, columns);
    }
}
