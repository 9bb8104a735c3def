using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary><c>*</c> and <c>t.*</c>, with EXCEPT and REPLACE.</summary>
internal static class StarExpansion
{
    public static IEnumerable<SelectedItem> Expand(ExpressionBinder binder, StarSyntax star)
    {
        IReadOnlyList<ScopeColumn> columns = [.. Columns(binder.Scope, star).Where(c => !c.IsSystem)];
        foreach (Identifier name in star.Except.Concat(star.Replace.Select(r => r.Alias!)))
        {
            if (!columns.Any(c => name.Matches(c.Name)))
            {
                throw BindingErrors.UnknownColumn(name.Text, name.Span, columns.Select(c => c.Name));
            }
        }

        foreach (ScopeColumn column in columns)
        {
            if (star.Except.Any(e => e.Matches(column.Name)))
            {
                continue;
            }

            SelectItem? replaced = star.Replace.FirstOrDefault(r => r.Alias!.Matches(column.Name));
            BoundExpression value = replaced is null ? column.Expression with { Span = star.Span } : binder.Bind(replaced.Expression);
            value = value.Type.Id == Columnar.TypeId.Dictionary ? Coercion.Cast(value, value.Type.DictionaryValue) : value;
            yield return new SelectedItem(column.Name, value);
        }
    }

    private static IReadOnlyList<ScopeColumn> Columns(Scope scope, StarSyntax star)
    {
        if (star.Qualifier is null)
        {
            return scope.Tables.Count > 0 ? scope.Columns : throw BindingErrors.NotAllowed("* needs a FROM to take columns from.", star.Span, "Add FROM, or name what to select.");
        }

        for (Scope? at = scope; at is not null; at = at.Outer)
        {
            if (at.FindTable(star.Qualifier.Last) is { } table)
            {
                return table.Columns;
            }
        }

        // A struct column's fields.
        if (scope.Resolve(star.Qualifier) is { Type.Id: Columnar.TypeId.Struct } row)
        {
            return [.. row.Type.Children.Select((f, i) => new ScopeColumn(f.Name, new BoundField(row, i)))];
        }

        throw BindingErrors.UnknownTable(star.Qualifier, scope.Tables.Select(t => t.Alias));
    }
}
