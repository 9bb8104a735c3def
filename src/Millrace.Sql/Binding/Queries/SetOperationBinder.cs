using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary><c>UNION</c>, <c>INTERSECT</c>, <c>EXCEPT</c>.</summary>
internal static class SetOperationBinder
{
    public static Relation Bind(QueryBodyBinder queries, SetOperation syntax, CommonTables? tables, Scope? outer)
    {
        // Long chains lean to the left; equal unions in a row are one.
        var chain = new Stack<SetOperation>();
        QueryBody first = syntax;
        while (first is SetOperation link)
        {
            chain.Push(link);
            first = link.Left;
        }

        Relation result = queries.Bind(first, tables, outer);
        while (chain.TryPop(out SetOperation? link))
        {
            var parts = new List<Relation> { result, queries.Bind(link.Right, tables, outer) };
            while (link.Operator == SetOperator.Union && chain.TryPeek(out SetOperation? next) && next.Operator == SetOperator.Union && next.All == link.All)
            {
                parts.Add(queries.Bind(chain.Pop().Right, tables, outer));
            }

            result = Combine(link, parts);
        }

        return result;
    }

    /// <summary>The relation with columns of other types; literals without a type are read as the new one.</summary>
    public static Relation Convert(Relation relation, IReadOnlyList<DataType> types)
    {
        if (relation.Columns.Select(c => c.Variable.Type).SequenceEqual(types))
        {
            return relation;
        }

        var columns = new List<RelationColumn>();
        var assignments = new List<Assignment>();
        for (int i = 0; i < types.Count; i++)
        {
            RelationColumn column = relation.Columns[i];
            BoundExpression value = Literal(relation.Plan, column) is { } literal
                ? Coercion.To(literal, types[i], "A literal of a set operation")
                : Coercion.Cast(new BoundColumn(column.Variable), types[i]);
            var variable = new ColumnVariable(column.Name, types[i], value.Nullable);
            assignments.Add(new Assignment(variable, value));
            columns.Add(new RelationColumn(column.Name, variable));
        }

        return new Relation(new LogicalProject(relation.Plan, assignments), columns);
    }

    private static Relation Combine(SetOperation syntax, List<Relation> parts)
    {
        string name = syntax.Operator.ToString().ToUpperInvariant();
        int width = parts[0].Columns.Count;
        foreach (Relation part in parts)
        {
            if (part.Columns.Count != width)
            {
                throw BindingErrors.ColumnCount($"The queries of {name} have {width} and {part.Columns.Count} columns.", syntax.Right.Span);
            }
        }

        var types = new DataType[width];
        for (int i = 0; i < width; i++)
        {
            types[i] = CommonType(name, parts, i, syntax.Right.Span);
        }

        Relation[] converted = [.. parts.Select(p => Convert(p, types))];
        RelationColumn[] columns = [.. converted[0].Columns.Select((c, i) =>
            new RelationColumn(parts[0].Columns[i].Name, new ColumnVariable(c.Name, c.Variable.Type, converted.Any(p => p.Columns[i].Variable.Nullable)), parts.TrueForAll(p => p.Columns[i].Untyped)))];
        ColumnVariable[] output = [.. columns.Select(c => c.Variable)];
        if (syntax.Operator != SetOperator.Union)
        {
            return new Relation(new LogicalSetOperation(syntax.Operator, syntax.All, Exact(converted[0]), Exact(converted[1]), output), columns);
        }

        var union = new LogicalUnion([.. converted.Select(Exact)], output);
        if (syntax.All)
        {
            return new Relation(union, columns);
        }

        LogicalAggregate distinct = LogicalPlans.Distinct(union);
        return new Relation(distinct, [.. columns.Select((c, i) => c with { Variable = distinct.Keys[i].Variable, Untyped = false })]);
    }

    // The plan's columns in the relation's order, each once by place.
    private static LogicalPlan Exact(Relation relation) => LogicalPlans.Select(relation.Plan, [.. relation.Columns.Select(c => c.Variable)]);

    private static DataType CommonType(string name, List<Relation> parts, int column, TextSpan span)
    {
        DataType? common = null;
        foreach (Relation part in parts)
        {
            DataType type = part.Columns[column].Variable.Type;
            if (!part.Columns[column].Untyped)
            {
                common = common is null ? type : TypeRules.Common(common, type) ?? throw BindingErrors.NoCommonType($"Column {column + 1} of {name}", common, type, span);
            }
        }

        return common ?? DataType.Utf8;
    }

    private static UntypedLiteral? Literal(LogicalPlan plan, RelationColumn column)
    {
        if (!column.Untyped || plan is not LogicalProject project)
        {
            return null;
        }

        return project.Columns.FirstOrDefault(c => c.Variable == column.Variable)?.Expression is BoundConstant { Value: null or string } constant
            ? new UntypedLiteral((string?)constant.Value) { Span = constant.Span }
            : null;
    }
}
