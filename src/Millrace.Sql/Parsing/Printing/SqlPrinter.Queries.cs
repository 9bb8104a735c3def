namespace Millrace.Sql.Parsing;

// Queries and their clauses, in the order of the standard.
public sealed partial class SqlPrinter
{
    private void Query(QuerySyntax query)
    {
        EnsureStack();
        if (query.With.Count > 0)
        {
            Add(query.Recursive ? "WITH RECURSIVE " : "WITH ");
            List(query.With, CommonTable);
            Add(" ");
        }

        Body(query.Body, 1);
        if (query.OrderBy.Count > 0)
        {
            Add(" ");
            OrderBy(query.OrderBy);
        }

        Clause(" LIMIT ", query.Limit);
        Clause(" OFFSET ", query.Offset);
        if (query.Emit is { } emit)
        {
            Add(emit == EmitMode.Changes ? " EMIT CHANGES" : " EMIT FINAL");
        }

        if (query.Options.Count > 0)
        {
            Add(" ");
            Options(query.Options);
        }
    }

    private void CommonTable(CommonTable table)
    {
        Name(table.Name);
        if (table.Columns.Count > 0)
        {
            Add(" ").InParentheses(table.Columns, Name);
        }

        Add(" AS (");
        Query(table.Query);
        Add(")");
    }

    private void Clause(string keyword, ExpressionSyntax? expression)
    {
        if (expression is not null)
        {
            Add(keyword);
            Expression(expression);
        }
    }

    private void OrderBy(IReadOnlyList<OrderItem> items)
    {
        Add("ORDER BY ");
        List(items, item =>
        {
            Expression(item.Expression);
            Add(item.Descending ? " DESC" : "", item.NullsFirst switch { true => " NULLS FIRST", false => " NULLS LAST", null => "" });
        });
    }

    // Levels as in the grammar: INTERSECT binds more strongly, and each side of an operation is no weaker than it.
    private void Body(QueryBody body, int level)
    {
        EnsureStack();
        switch (body)
        {
            case SetOperation set:
                int own = set.Operator == SetOperator.Intersect ? 2 : 1;
                Add(own < level ? "(" : "");
                Body(set.Left, own);
                Add(" ", set.Operator.ToString().ToUpperInvariant(), set.All ? " ALL " : " ");
                Body(set.Right, own + 1);
                Add(own < level ? ")" : "");
                break;
            case NestedQuery nested:
                Add("(");
                Query(nested.Query);
                Add(")");
                break;
            case ValuesSyntax values:
                Add("VALUES ");
                List(values.Rows, row => InParentheses(row, Expression));
                break;
            case SelectSyntax select:
                Select(select);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"The printer does not know {body.GetType().Name}.");
        }
    }

    private void Select(SelectSyntax select)
    {
        Add(select.Distinct ? "SELECT DISTINCT " : "SELECT ");
        if (select.DistinctOn.Count > 0)
        {
            Add("ON ").InParentheses(select.DistinctOn, Expression).Add(" ");
        }

        List(select.Items, Item);
        if (select.Into is not null)
        {
            Add(" INTO ").Name(select.Into);
        }

        if (select.From is not null)
        {
            Add(" FROM ");
            Table(select.From);
        }

        Clause(" WHERE ", select.Where);
        if (select.GroupByAll)
        {
            Add(" GROUP BY ALL");
        }
        else if (select.GroupBy.Count > 0)
        {
            Add(" GROUP BY ");
            List(select.GroupBy, Group);
        }

        Clause(" HAVING ", select.Having);
        Clause(" QUALIFY ", select.Qualify);
        if (select.TimeWindow is not null)
        {
            TimeWindow(select.TimeWindow);
        }

        if (select.Windows.Count > 0)
        {
            Add(" WINDOW ");
            List(select.Windows, named =>
            {
                Name(named.Name);
                Add(" AS ");
                WindowInParentheses(named.Window);
            });
        }
    }

    private void Item(SelectItem item)
    {
        Expression(item.Expression);
        if (item.Alias is not null)
        {
            Add(" AS ");
            AnyName(item.Alias);
        }

        Add(item.Role == SelectRole.PrimaryKey ? " PRIMARY KEY" : "");
    }

    private void Group(GroupItem item)
    {
        if (item is GroupingSets sets)
        {
            Add("GROUPING SETS ").InParentheses(sets.Sets, set => InParentheses(set, Expression));
        }
        else
        {
            Expression(((GroupExpression)item).Expression);
        }
    }
}
