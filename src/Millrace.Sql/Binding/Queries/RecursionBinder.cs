using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Common tables: those that name themselves become recursions, others are bound where they are used.</summary>
internal static class RecursionBinder
{
    public static Relation Bind(QueryBodyBinder queries, CommonTables table, TextSpan span)
    {
        queries.Context.CountRelation(span);
        if (table.Work is not null)
        {
            return table.Work.Read();
        }

        if (table.Rows.Read() is { } known)
        {
            return known;
        }

        CommonTable syntax = table.Syntax;
        Relation relation = table.IsRecursive && NamesItself(syntax)
            ? BindRecursion(queries, table)
            : queries.Bind(syntax.Query, table.Before, table.Outer);
        return table.Rows.Take(QueryBodyBinder.Rename(relation, syntax.Columns, syntax.Name.Span), queries.Context);
    }

    private static bool NamesItself(CommonTable table)
    {
        bool found = false;
        new SyntaxTables(t => found |= t is NamedTable { Name.Parts: [var name] } && name.Matches(table.Name.Text)).Visit(table.Query);
        return found;
    }

    private static Relation BindRecursion(QueryBodyBinder queries, CommonTables table)
    {
        CommonTable syntax = table.Syntax;
        QuerySyntax query = syntax.Query;
        if (query.Body is not SetOperation { Operator: SetOperator.Union } union)
        {
            throw BindingErrors.BadRecursion($"'{syntax.Name}' names itself, but is not a UNION of a start and a step.", syntax.Name.Span);
        }

        if (query.OrderBy.Count > 0 || query.Limit is not null || query.Offset is not null)
        {
            throw BindingErrors.BadRecursion($"The recursive '{syntax.Name}' cannot have ORDER BY, LIMIT or OFFSET inside.", syntax.Name.Span);
        }

        Relation start = QueryBodyBinder.Rename(queries.Bind(union.Left, QueryBodyBinder.AddWith(query, table.Before, table.Outer), table.Outer), syntax.Columns, syntax.Name.Span);
        string[] names = [.. start.Columns.Select(c => c.Name)];
        DataType[] types = [.. start.Columns.Select(c => c.Variable.Type)];
        var work = new WorkTable(names, types);
        Relation step = queries.Bind(union.Right, QueryBodyBinder.AddWith(query, table with { Work = work }, table.Outer), table.Outer);
        if (work.Uses != 1)
        {
            throw BindingErrors.BadRecursion($"The step of '{syntax.Name}' names it {work.Uses} times, expected once.", syntax.Name.Span);
        }

        if (step.Columns.Count != types.Length)
        {
            throw BindingErrors.ColumnCount($"The start of '{syntax.Name}' has {types.Length} columns, the step {step.Columns.Count}.", union.Right.Span);
        }

        for (int i = 0; i < types.Length; i++)
        {
            if (!step.Columns[i].Untyped && !TypeRules.IsImplicit(step.Columns[i].Variable.Type, types[i]))
            {
                throw BindingErrors.WrongType($"Column '{names[i]}' is {types[i]} in the start of '{syntax.Name}' and {step.Columns[i].Variable.Type} in the step.", union.Right.Span, $"Write CAST(… AS {step.Columns[i].Variable.Type}) in the start.");
            }
        }

        step = SetOperationBinder.Convert(step, types);
        ColumnVariable[] columns = [.. start.Columns.Select(c => new ColumnVariable(c.Name, c.Variable.Type))];
        var plan = new LogicalRecursion(
            LogicalPlans.Select(start.Plan, [.. start.Columns.Select(c => c.Variable)]),
            LogicalPlans.Select(step.Plan, [.. step.Columns.Select(c => c.Variable)]),
            !union.All,
            columns,
            work.Identity);
        return new Relation(plan, [.. columns.Select(c => new RelationColumn(c.Name, c))]);
    }
}
