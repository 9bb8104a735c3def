using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Binds queries: common tables, body, order and limit.</summary>
internal sealed class QueryBodyBinder(BindingContext context)
{
    public BindingContext Context { get; } = context;

    /// <param name="query">The query.</param>
    /// <param name="tables">The common tables that it can name.</param>
    /// <param name="outer">The columns around it that it can use.</param>
    public Relation Bind(QuerySyntax query, CommonTables? tables, Scope? outer)
    {
        StackGuard.Check(query.Span);
        CommonTables? own = AddWith(query, tables, outer);
        if (query.Body is SelectSyntax select)
        {
            return Limit(new SelectBinder(this, own, outer, select).Bind(query.OrderBy), query);
        }

        Relation body = Bind(query.Body, own, outer);
        return Limit(query.OrderBy.Count == 0 ? body : Sort(body, query.OrderBy, own), query);
    }

    public Relation Bind(QueryBody body, CommonTables? tables, Scope? outer) => body switch
    {
        SelectSyntax select => new SelectBinder(this, tables, outer, select).Bind([]),
        NestedQuery nested => Bind(nested.Query, tables, outer),
        ValuesSyntax values => ValuesBinder.Bind(this, values, tables, outer),
        SetOperation operation => SetOperationBinder.Bind(this, operation, tables, outer),
        _ => throw new InvalidOperationException(body.GetType().Name),
    };

    /// <summary>The common tables with those of the query's own <c>WITH</c>.</summary>
    public static CommonTables? AddWith(QuerySyntax query, CommonTables? tables, Scope? outer)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (CommonTable table in query.With)
        {
            if (!names.Add(table.Name.Text))
            {
                throw BindingErrors.Duplicate("common tables", table.Name.Text, table.Name.Span);
            }

            tables = new CommonTables(table, tables, outer, query.Recursive);
        }

        return tables;
    }

    /// <summary>Gives columns the names of a list behind a table's name; a shorter list names the first ones.</summary>
    public static Relation Rename(Relation relation, IReadOnlyList<Identifier> names, TextSpan span)
    {
        if (names.Count > relation.Columns.Count)
        {
            throw BindingErrors.ColumnCount($"There are {names.Count} names for {relation.Columns.Count} columns.", span);
        }

        return names.Count == 0 ? relation : relation with { Columns = [.. relation.Columns.Select((c, i) => i < names.Count ? c with { Name = names[i].Text } : c)] };
    }

    // Order of a set operation or VALUES: by columns of the result.
    private Relation Sort(Relation body, IReadOnlyList<OrderItem> items, CommonTables? tables)
    {
        var columns = body.Columns.Select(c => new ScopeColumn(c.Name, new BoundColumn(c.Variable))).ToList();
        var binder = new ExpressionBinder(this, new Scope([], columns, null), tables, new Clause("ORDER BY"));
        var keys = new List<BoundOrder>();
        foreach (OrderItem item in items)
        {
            BoundExpression key = Positions.TryGet(item.Expression, "ORDER BY", columns.Count, out int position)
                ? columns[position].Expression with { Span = item.Expression.Span }
                : binder.BindSettled(item.Expression);
            keys.Add(OrderBinder.Make(key, item));
        }

        return body with { Plan = new LogicalSort(body.Plan, keys) };
    }

    private Relation Limit(Relation body, QuerySyntax query)
    {
        long? limit = Rows(query.Limit, "LIMIT");
        long offset = Rows(query.Offset, "OFFSET") ?? 0;
        return limit is null && offset == 0 ? body : body with { Plan = new LogicalLimit(body.Plan, limit, offset) };
    }

    private long? Rows(ExpressionSyntax? syntax, string what)
    {
        if (syntax is null)
        {
            return null;
        }

        var binder = new ExpressionBinder(this, Scope.Empty(null), null, new Clause(what));
        BoundExpression rows = ConstantFolder.Fold(Coercion.To(binder.Bind(syntax), DataType.Int64, what), new EvaluationContext());
        return rows switch
        {
            BoundConstant { Value: null } => null,
            BoundConstant { Value: long value and >= 0 } => value,
            BoundConstant => throw BindingErrors.BadNumber($"{what} cannot be negative.", syntax.Span),
            _ => throw BindingErrors.BadNumber($"{what} has to be a constant.", syntax.Span),
        };
    }
}
