using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;
using TableFunction = Millrace.Sql.Parsing.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>Rows of <c>FROM</c> and the names by which their columns are known.</summary>
internal sealed record FromResult(LogicalPlan Plan, Scope Scope);

/// <summary>Binds <c>FROM</c>.</summary>
/// <param name="queries">Binds the queries in it.</param>
/// <param name="tables">Common tables.</param>
/// <param name="outer">Columns around the query.</param>
internal sealed class FromBinder(QueryBodyBinder queries, CommonTables? tables, Scope? outer)
{
    public QueryBodyBinder Queries { get; } = queries;

    public CommonTables? CommonTables { get; } = tables;

    public Scope? Outer { get; } = outer;

    public FromResult Bind(TableSyntax? from)
        => from is null ? new FromResult(LogicalPlans.OneRow, Scope.Empty(Outer)) : Bind(from, Scope.Empty(Outer), nullable: false);

    /// <param name="table">The table.</param>
    /// <param name="left">The tables to the left, which a lateral one can use.</param>
    /// <param name="nullable">Whether an outer join around makes its columns null where there is no match.</param>
    public FromResult Bind(TableSyntax table, Scope left, bool nullable)
    {
        StackGuard.Check(table.Span);
        CheckVersion(table);
        switch (table)
        {
            case JoinTable join:
                return BindJoins(join, left, nullable);
            case NamedTable named:
                return BindNamed(named, nullable);
            case FileTable file:
                return Scan(Queries.Context.Opened(file), file, Path.GetFileNameWithoutExtension(file.Location), nullable);
            case TableFunction function when FileReader.Is(function):
                return Scan(Queries.Context.Opened(function), function, function.Name.Last.Text, nullable);
            case TableFunction function:
                return Named(nullable ? TableFunctionBinder.Bind(this, function, left).AsNullable() : TableFunctionBinder.Bind(this, function, left), function, function.Name.Last.Text, []);
            case SubqueryTable subquery:
                Relation relation = Queries.Bind(subquery.Query, CommonTables, subquery.Lateral ? left : Outer);
                return Named(nullable ? relation.AsNullable() : relation, subquery, "", []);
            case WindowTable window:
                return TimeWindowBinder.Bind(this, window, left, nullable);
            case GapFillTable gaps:
                return GapFillBinder.Bind(this, gaps, left, nullable);
            default:
                throw new InvalidOperationException(table.GetType().Name);
        }
    }

    /// <summary>The names of a relation under a table's alias and column aliases.</summary>
    public FromResult Named(Relation relation, TableSyntax syntax, string name, IReadOnlyList<ScopeColumn> system)
    {
        relation = QueryBodyBinder.Rename(relation, syntax.ColumnAliases, syntax.Span);
        ScopeColumn[] columns = [.. relation.Columns.Select(c => new ScopeColumn(c.Name, new BoundColumn(c.Variable))), .. system];
        return new FromResult(relation.Plan, Scope.Of(new ScopeTable(syntax.Alias?.Text ?? name, columns), Outer));
    }

    /// <summary>The right side of a join <c>FOR SYSTEM_TIME AS OF</c>: of a table that keeps the latest row of each key, all rows that it ever had.</summary>
    public FromResult BindVersions(NamedTable named, bool nullable) => BindNamed(named with { AsOf = null }, nullable, allVersions: true);

    private void CheckVersion(TableSyntax table)
    {
        bool hasVersions = table is NamedTable named ? Binding.CommonTables.Find(CommonTables, named.Name) is null && !Queries.Context.IsView(named) : table is FileTable or TableFunction;
        if (table.Version is { } version && !(hasVersions && (table is not TableFunction function || FileReader.Is(function))))
        {
            throw BindingErrors.Unsupported("Only a table, and not a query, has states of the past.", version.Span, "Put FOR VERSION AS OF, or FOR TIMESTAMP AS OF, right behind the table in the query.");
        }
    }

    private FromResult BindNamed(NamedTable named, bool nullable, bool allVersions = false)
    {
        if (named.AsOf is not null)
        {
            throw BindingErrors.Unsupported("FOR SYSTEM_TIME AS OF stands only on the right side of JOIN and LEFT JOIN.", named.Span, "Join the table to rows that have a time, or compare its time with a constant.");
        }

        if (Binding.CommonTables.Find(CommonTables, named.Name) is { } common)
        {
            Relation relation = RecursionBinder.Bind(Queries, common, named.Span);
            return Named(nullable ? relation.AsNullable() : relation, named, named.Name.Last.Text, []);
        }

        BindingContext context = Queries.Context;
        context.CountRelation(named.Span);
        if (context.View(named) is { } view)
        {
            Relation relation = BindView(named, view);
            return Named(nullable ? relation.AsNullable() : relation, named, named.Name.Last.Text, []);
        }

        ISqlTable table = context.Table(named) ?? throw BindingErrors.UnknownTable(named.Name, KnownTables());
        return Scan(table, named, named.Name.Last.Text, nullable, allVersions);
    }

    private Relation BindView(NamedTable named, QuerySyntax view)
    {
        string name = named.Name.ToString().ToLowerInvariant();
        Stack<string> open = Queries.Context.OpenViews;
        if (open.Contains(name))
        {
            throw BindingErrors.Cycle([.. open.Reverse(), name], named.Name.Span);
        }

        open.Push(name);
        try
        {
            return Queries.Bind(view, null, null);
        }
        catch (MillraceException error) when (error.Code != BindingErrors.CycleCode)
        {
            // Places in the view's text say nothing in this one.
            throw BindingErrors.InView(named.Name, error);
        }
        finally
        {
            open.Pop();
        }
    }

    private IEnumerable<string> KnownTables()
    {
        for (CommonTables? table = CommonTables; table is not null; table = table.Before)
        {
            yield return table.Syntax.Name.Text;
        }

        foreach (string name in Queries.Context.Names)
        {
            yield return name;
        }
    }

    private FromResult Scan(ISqlTable table, TableSyntax syntax, string name, bool nullable, bool allVersions = false)
    {
        ScanColumn[] columns = [.. table.Schema.Fields.Select(f => Column(f, nullable))];
        ScanColumn[] system = [.. table.SystemColumns.Select(f => Column(f, nullable))];
        var scan = new LogicalScan(table, [.. columns, .. system]);
        LogicalPlan plan = table.KeepsLatest && !allVersions ? KeyedTables.Latest(scan, syntax.Span) : scan;
        var relation = new Relation(plan, [.. columns.Select(c => new RelationColumn(c.Name, c.Variable))]);
        ScopeColumn[] hidden = [.. system.Concat(EventTimeOf(table, columns)).Select(c => new ScopeColumn(c.Name, new BoundColumn(c.Variable)) { IsSystem = true })];
        return Named(relation, syntax, name, hidden);
    }

    // The column of a table's watermark is the time of its rows.
    private static IEnumerable<ScanColumn> EventTimeOf(ISqlTable table, ScanColumn[] columns)
        => table.Watermark is { } watermark && table.SystemColumns.All(c => c.Name != EventTime.ColumnName)
            ? columns.Where(c => c.Name.Equals(watermark.Column, StringComparison.OrdinalIgnoreCase)).Select(c => c with { Name = EventTime.ColumnName })
            : [];

    private static ScanColumn Column(Field field, bool nullable) => new(new ColumnVariable(field.Name, field.Type, field.Nullable || nullable), field.Name);

    // Chains of joins lean to the left, so they are followed by a loop.
    private FromResult BindJoins(JoinTable join, Scope left, bool nullable)
    {
        var chain = new Stack<(JoinTable Join, bool Nullable)>();
        TableSyntax first = join;
        while (first is JoinTable { Alias: null } link)
        {
            chain.Push((link, nullable));
            nullable |= link.Kind is JoinKind.Right or JoinKind.Full;
            first = link.Left;
        }

        FromResult result = Bind(first, left, nullable);
        while (chain.TryPop(out (JoinTable Join, bool Nullable) link))
        {
            result = JoinBinder.Bind(this, link.Join, result, left, link.Nullable);
        }

        return result;
    }
}
