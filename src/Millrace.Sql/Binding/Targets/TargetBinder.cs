using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>
/// Puts the columns of a target above a query: by place or by the statement's list, in the target's order, names and types.
/// What follows knows nothing of targets.
/// </summary>
internal static class TargetBinder
{
    public static BoundQuery Bind(QueryBodyBinder queries, QuerySyntax syntax, InsertTarget target)
    {
        TextSpan span = syntax.Span;
        Relation query = TargetValues.TryBind(queries, syntax, target) ?? queries.Bind(syntax, null, null);
        if (target.Columns.Count == 0)
        {
            return Renamed(query, target, span);
        }

        int[] sources = Sources(query, target, span);
        var columns = new Assignment[target.Columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            TargetColumn column = target.Columns[i];
            BoundExpression value = sources[i] >= 0 ? Assigned(query, query.Columns[sources[i]], column, target, span)
                : !column.Required ? Coercion.Null(column.Type, span)
                : throw BindingErrors.NotFilled(target, column);
            columns[i] = new Assignment(new ColumnVariable(column.Name, column.Type, !column.Required), value);
        }

        return new BoundQuery(new LogicalProject(query.Plan, columns), [.. target.Columns.Select(c => c.StoredName ?? c.Name)]);
    }

    // Numbers of the query's columns for those of the target; -1 for none.
    private static int[] Sources(Relation query, InsertTarget target, TextSpan span)
    {
        if (target.Listed.Count == 0)
        {
            return query.Columns.Count == target.Columns.Count
                ? [.. Enumerable.Range(0, target.Columns.Count)]
                : throw BindingErrors.TargetWidth(target, target.Columns.Select(c => c.ToString()), query, span);
        }

        int[] sources = new int[target.Columns.Count];
        Array.Fill(sources, -1);
        for (int i = 0; i < target.Listed.Count; i++)
        {
            Identifier listed = target.Listed[i];
            int found = target.IndexOf(listed);
            if (found < 0)
            {
                throw BindingErrors.UnknownTargetColumn(target, listed);
            }

            if (sources[found] >= 0)
            {
                throw BindingErrors.Duplicate("columns in the list", listed.Text, listed.Span);
            }

            sources[found] = i;
        }

        return target.Listed.Count == query.Columns.Count
            ? sources
            : throw BindingErrors.TargetWidth(target, target.Listed.Select(c => c.Text), query, span);
    }

    private static BoundExpression Assigned(Relation query, RelationColumn source, TargetColumn column, InsertTarget target, TextSpan span)
    {
        BoundExpression? written = Written(query.Plan, source.Variable).FirstOrDefault();
        TextSpan place = written is { Span.Length: > 0 } ? written.Span : span;
        BoundExpression value = new BoundColumn(source.Variable) { Span = place };
        if (!value.Type.Equals(column.Type))
        {
            if (!AssignmentRules.IsPossible(value.Type, column.Type))
            {
                CheckLiterals(query.Plan, source, column, target, place);
            }

            value = new BoundCast(value, column.Type) { Span = place };
        }

        bool checks = value is BoundCast || (column.Required && value.Nullable) || column.MaxLength is not null;
        return checks ? new BoundTargetValue(value, column) { Span = place } : value;
    }

    // Literals take the type of the column, and what is not of the type is found now.
    private static void CheckLiterals(LogicalPlan plan, RelationColumn source, TargetColumn column, InsertTarget target, TextSpan place)
    {
        BoundExpression[] values = [.. Written(plan, source.Variable)];
        bool untyped = source.Variable.Type.Id == TypeId.Utf8 && source.Untyped && values.All(v => v is BoundConstant);
        if (!untyped)
        {
            throw BindingErrors.NotAssignable(target, column, source.Name, source.Variable.Type, place);
        }

        foreach (BoundConstant literal in values.Cast<BoundConstant>())
        {
            if (literal.Value is string text && !column.Type.IsNested && column.Type.Id != TypeId.Interval && !ConstantText.TryParse(text, column.Type, out _))
            {
                throw BindingErrors.BadConstant(text, column.Type, literal.Span);
            }
        }
    }

    // What is written for a column of a query, as far as it stands there.
    private static IEnumerable<BoundExpression> Written(LogicalPlan plan, ColumnVariable column) => plan switch
    {
        LogicalProject project => project.Columns.Where(c => ReferenceEquals(c.Variable, column)).SelectMany(c => c.Expression is BoundColumn { Span.Length: 0 } same ? Written(project.Input, same.Column) : [c.Expression]),
        LogicalValues values when values.Output.ToList().FindIndex(c => ReferenceEquals(c, column)) is >= 0 and var number => values.Rows.Select(r => r[number]),
        LogicalUnion union when union.Output.ToList().FindIndex(c => ReferenceEquals(c, column)) is >= 0 and var number => union.Parts.SelectMany(p => Written(p, p.Output[number])),
        LogicalSort or LogicalLimit or LogicalDistinctOn => Written(plan.Inputs[0], column),
        _ => [],
    };

    // A target that declares nothing takes what comes, under the names that the statement gives.
    private static BoundQuery Renamed(Relation query, InsertTarget target, TextSpan span)
    {
        if (target.Listed.Count != query.Columns.Count)
        {
            throw BindingErrors.TargetWidth(target, target.Listed.Select(c => c.Text), query, span);
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return target.Listed.FirstOrDefault(c => !names.Add(c.Text)) is { } second
            ? throw BindingErrors.Duplicate("columns in the list", second.Text, second.Span)
            : new BoundQuery(LogicalPlans.Select(query.Plan, [.. query.Columns.Select(c => c.Variable)]), [.. target.Listed.Select(c => c.Text)]);
    }
}
