using Millrace.Sql.Parsing;
using TableFunction = Millrace.Sql.Parsing.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>
/// Finds the tables, files and readers that a query names, wherever they stand, without those that its own <c>WITH</c> gives.
/// </summary>
internal sealed class SyntaxTables(Action<TableSyntax> found)
{
    private readonly HashSet<string> _commonTables = new(StringComparer.OrdinalIgnoreCase);

    public void Visit(QuerySyntax query)
    {
        StackGuard.Check(query.Span);
        var added = new List<string>();
        foreach (CommonTable table in query.With)
        {
            if (query.Recursive && _commonTables.Add(table.Name.Text))
            {
                added.Add(table.Name.Text);
            }

            Visit(table.Query);
            if (_commonTables.Add(table.Name.Text))
            {
                added.Add(table.Name.Text);
            }
        }

        Visit(query.Body);
        Visit(query.OrderBy);
        Visit(query.Limit);
        Visit(query.Offset);
        _commonTables.ExceptWith(added);
    }

    private void Visit(QueryBody body)
    {
        // Long chains of UNION lean to the left.
        while (body is SetOperation operation)
        {
            Visit(operation.Right);
            body = operation.Left;
        }

        switch (body)
        {
            case NestedQuery nested:
                Visit(nested.Query);
                break;
            case ValuesSyntax values:
                foreach (IReadOnlyList<ExpressionSyntax> row in values.Rows)
                {
                    Visit(row);
                }

                break;
            case SelectSyntax select:
                Visit(select);
                break;
        }
    }

    private void Visit(SelectSyntax select)
    {
        Visit(select.DistinctOn);
        Visit(select.Items.Select(i => i.Expression));
        Visit(select.From);
        Visit(select.Where);
        foreach (GroupItem item in select.GroupBy)
        {
            switch (item)
            {
                case GroupExpression one:
                    Visit(one.Expression);
                    break;
                case GroupingSets sets:
                    Visit(sets.Sets.SelectMany(s => s));
                    break;
            }
        }

        Visit(select.Having);
        Visit(select.Qualify);
        foreach (NamedWindow window in select.Windows)
        {
            Visit(window.Window);
        }
    }

    private void Visit(TableSyntax? table)
    {
        while (table is JoinTable join)
        {
            Visit(join.Right);
            Visit(join.On);
            table = join.Left;
        }

        switch (table)
        {
            case NamedTable named when named.Name.Parts.Count > 1 || !_commonTables.Contains(named.Name.Last.Text):
                found(named);
                break;
            case FileTable:
                found(table);
                break;
            case TableFunction function:
                found(function);
                Visit(function.Arguments);
                break;
            case WindowTable window:
                Visit(window.Input);
                break;
            case GapFillTable gaps:
                Visit(gaps.Input);
                break;
            case SubqueryTable subquery:
                Visit(subquery.Query);
                break;
        }
    }

    private void Visit(IEnumerable<OrderItem> items) => Visit(items.Select(i => i.Expression));

    private void Visit(WindowSyntax? window)
    {
        if (window is not null)
        {
            Visit(window.PartitionBy);
            Visit(window.OrderBy);
        }
    }

    private void Visit(IEnumerable<ExpressionSyntax> expressions)
    {
        foreach (ExpressionSyntax expression in expressions)
        {
            Visit(expression);
        }
    }

    private void Visit(ExpressionSyntax? expression)
    {
        while (expression is BinarySyntax binary)
        {
            Visit(binary.Right);
            expression = binary.Left;
        }

        if (expression is not null)
        {
            StackGuard.Check(expression.Span);
        }

        switch (expression)
        {
            case UnarySyntax e:
                Visit(e.Operand);
                break;
            case IsSyntax e:
                Visit(e.Operand);
                break;
            case DistinctFromSyntax e:
                Visit([e.Left, e.Right]);
                break;
            case BetweenSyntax e:
                Visit([e.Operand, e.Low, e.High]);
                break;
            case InListSyntax e:
                Visit([e.Operand, .. e.Values]);
                break;
            case InQuerySyntax e:
                Visit(e.Operand);
                Visit(e.Query);
                break;
            case ExistsSyntax e:
                Visit(e.Query);
                break;
            case QuantifiedSyntax e:
                Visit(e.Left);
                Visit(e.Array);
                if (e.Query is not null)
                {
                    Visit(e.Query);
                }

                break;
            case ScalarQuerySyntax e:
                Visit(e.Query);
                break;
            case LikeSyntax e:
                Visit([e.Operand, e.Pattern]);
                Visit(e.Escape);
                break;
            case CaseSyntax e:
                Visit(e.Operand);
                Visit(e.Branches.SelectMany(b => new[] { b.When, b.Then }));
                Visit(e.Else);
                break;
            case CastSyntax e:
                Visit(e.Operand);
                break;
            case CallSyntax e:
                Visit(e.Arguments);
                Visit(e.OrderBy);
                Visit(e.WithinGroup);
                Visit(e.Filter);
                Visit(e.Over);
                break;
            case ArraySyntax e:
                Visit(e.Items);
                break;
            case MapSyntax e:
                Visit(e.Keys);
                Visit(e.Values);
                break;
            case StructSyntax e:
                Visit(e.Fields.Select(f => f.Expression));
                break;
            case StarSyntax e:
                Visit(e.Replace.Select(r => r.Expression));
                break;
            case SubscriptSyntax e:
                Visit([e.Operand, e.Index]);
                break;
            case SliceSyntax e:
                Visit(e.Operand);
                Visit(e.From);
                Visit(e.To);
                break;
            case FieldSyntax e:
                Visit(e.Operand);
                break;
        }
    }
}
