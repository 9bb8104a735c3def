using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>A column that names can mean.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">Its value: a column, or for <c>USING</c> of a full join the value of either side.</param>
internal sealed record ScopeColumn(string Name, BoundExpression Expression)
{
    /// <summary>Whether only its name reaches it, and <c>*</c> does not.</summary>
    public bool IsSystem { get; init; }
}

/// <summary>A table of <c>FROM</c>: what stands before the dot.</summary>
internal sealed record ScopeTable(string Alias, IReadOnlyList<ScopeColumn> Columns);

/// <summary>The names that expressions of one <c>SELECT</c> can use, and behind them those of the queries around it.</summary>
internal sealed class Scope(IReadOnlyList<ScopeTable> tables, IReadOnlyList<ScopeColumn> columns, Scope? outer)
{
    /// <summary>Tables, for qualified names.</summary>
    public IReadOnlyList<ScopeTable> Tables { get; } = tables;

    /// <summary>Columns for names without a table and for <c>*</c>, in order; those that USING merged stand once.</summary>
    public IReadOnlyList<ScopeColumn> Columns { get; } = columns;

    public Scope? Outer { get; } = outer;

    public static Scope Empty(Scope? outer) => new([], [], outer);

    public static Scope Of(ScopeTable table, Scope? outer) => new([table], [.. table.Columns], outer);

    /// <summary>The tables of both, side by side.</summary>
    public Scope With(Scope other) => new([.. Tables, .. other.Tables], [.. Columns, .. other.Columns], Outer);

    public Scope Inside(Scope? outer) => new(Tables, Columns, outer);

    /// <summary>A column of this scope by its own name; null if there is none.</summary>
    public BoundExpression? Find(Identifier name)
    {
        ScopeColumn? found = Pick(Columns.Where(c => !c.IsSystem), name) ?? Pick(Columns.Where(c => c.IsSystem), name);
        return found?.Expression;
    }

    /// <summary>The table that a qualifier means; null if there is none.</summary>
    public ScopeTable? FindTable(Identifier alias)
    {
        ScopeTable? found = null;
        foreach (ScopeTable table in Tables)
        {
            if (alias.Matches(table.Alias))
            {
                if (found is not null)
                {
                    throw BindingErrors.Ambiguous(alias.Text, alias.Span, ["a table", "another of that name"]);
                }

                found = table;
            }
        }

        return found;
    }

    /// <summary>A name, here or in the queries around; the parts behind the column are fields of a struct.</summary>
    public BoundExpression? Resolve(QualifiedName name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.ResolveHere(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Every name that could have been meant.</summary>
    public IEnumerable<string> KnownNames()
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            foreach (ScopeColumn column in scope.Columns)
            {
                yield return column.Name;
            }

            foreach (ScopeTable table in scope.Tables)
            {
                foreach (ScopeColumn column in table.Columns)
                {
                    yield return $"{table.Alias}.{column.Name}";
                }
            }
        }
    }

    /// <summary>The column of a name among others: exactly the name, or the only one that differs in case.</summary>
    public ScopeColumn? Pick(IEnumerable<ScopeColumn> columns, Identifier name)
    {
        List<ScopeColumn> matches = [.. columns.Where(c => string.Equals(c.Name, name.Text, StringComparison.OrdinalIgnoreCase))];
        if (matches.Count > 1 || name.Quoted)
        {
            List<ScopeColumn> exact = [.. matches.Where(c => c.Name == name.Text)];
            matches = exact.Count > 0 ? exact : matches;
        }

        return matches.Count switch
        {
            0 => null,
            1 => matches[0],
            _ => throw BindingErrors.Ambiguous(name.Text, name.Span, TablesOf(matches)),
        };
    }

    private BoundExpression? ResolveHere(QualifiedName name)
    {
        IReadOnlyList<Identifier> parts = name.Parts;
        if (parts.Count > 1 && FindTable(parts[0]) is { } table && Pick(table.Columns, parts[1]) is { } column)
        {
            return Fields(column.Expression, parts, 2);
        }

        return Find(parts[0]) is { } found && (parts.Count == 1 || found.Type.Id == TypeId.Struct) ? Fields(found, parts, 1) : null;
    }

    private static BoundExpression Fields(BoundExpression expression, IReadOnlyList<Identifier> parts, int from)
    {
        for (int i = from; i < parts.Count; i++)
        {
            expression = StructFields.Get(expression, parts[i]);
        }

        return expression;
    }

    private IEnumerable<string> TablesOf(List<ScopeColumn> matches)
        => Tables.Where(t => t.Columns.Any(c => matches.Any(m => ReferenceEquals(m, c)))).Select(t => t.Alias).DefaultIfEmpty("several tables");
}
