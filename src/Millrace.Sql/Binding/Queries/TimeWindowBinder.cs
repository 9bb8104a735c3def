using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Windows of event time: the table functions TUMBLE, HOP, CUMULATE and SESSION, and the WINDOW clause.</summary>
internal static class TimeWindowBinder
{
    public const string StartName = "window_start";
    public const string EndName = "window_end";

    public static FromResult Bind(FromBinder from, WindowTable syntax, Scope left, bool nullable)
    {
        FromResult input = from.Bind(syntax.Input, left, nullable);
        var binder = new ExpressionBinder(from.Queries, input.Scope, from.CommonTables, new Clause("the window"));
        BoundExpression time = EventTime.AsTimestamp(binder.BindSettled(new NameSyntax(new QualifiedName([syntax.Time]) { Span = syntax.Time.Span }) { Span = syntax.Time.Span }));
        int expected = syntax.Kind is TimeWindowKind.Hop or TimeWindowKind.Cumulate ? 2 : 1;
        if (syntax.Sizes.Count != expected)
        {
            throw BindingErrors.BadWindow($"{syntax.Kind.ToString().ToUpperInvariant()} takes {expected} intervals, found {syntax.Sizes.Count}.", syntax.Span);
        }

        Interval[] sizes = [.. syntax.Sizes.Select(s => Size(binder, s))];
        (ColumnVariable start, ColumnVariable end) = Bounds(time.Type);
        var plan = new LogicalTimeWindow(input.Plan, syntax.Kind, time, sizes[^1], expected == 2 ? sizes[0] : null, [.. syntax.PartitionBy.Select(binder.BindSettled)], start, end);
        return new FromResult(plan, WithBounds(input.Scope, syntax, start, end));
    }

    /// <summary>Columns for the bounds of windows over a time of a type.</summary>
    public static (ColumnVariable Start, ColumnVariable End) Bounds(DataType time) => (new(StartName, time), new(EndName, time));

    /// <summary>The scope with the bounds as system columns, for the WINDOW clause.</summary>
    public static Scope WithSystemBounds(Scope scope, ColumnVariable start, ColumnVariable end)
        => new(scope.Tables, [.. scope.Columns, .. System(start, end), Hidden(StartName, start), Hidden(EndName, end)], scope.Outer);

    // The function's table is known by its own alias, or else by its input's.
    private static Scope WithBounds(Scope scope, WindowTable syntax, ColumnVariable start, ColumnVariable end)
    {
        ScopeColumn[] bounds = [new(StartName, new BoundColumn(start)), new(EndName, new BoundColumn(end)), .. System(start, end)];
        ScopeColumn[] columns = [.. scope.Columns.Where(c => !c.IsSystem), .. bounds, .. scope.Columns.Where(c => c.IsSystem)];
        if (syntax.Alias is null && syntax.ColumnAliases.Count == 0 && scope.Tables.Count > 0)
        {
            return new Scope([scope.Tables[0] with { Columns = columns }, .. scope.Tables.Skip(1)], columns, scope.Outer);
        }

        if (syntax.ColumnAliases.Count > columns.Length)
        {
            throw BindingErrors.ColumnCount($"There are {syntax.ColumnAliases.Count} names for {columns.Length} columns.", syntax.Span);
        }

        columns = [.. columns.Select((c, i) => i < syntax.ColumnAliases.Count ? c with { Name = syntax.ColumnAliases[i].Text } : c)];
        return Scope.Of(new ScopeTable(syntax.Alias?.Text ?? "", columns), scope.Outer);
    }

    private static ScopeColumn[] System(ColumnVariable start, ColumnVariable end) => [Hidden("_window_start", start), Hidden("_window_end", end)];

    private static ScopeColumn Hidden(string name, ColumnVariable variable) => new(name, new BoundColumn(variable)) { IsSystem = true };

    /// <summary>A constant length of time that is more than nothing.</summary>
    public static Interval Size(ExpressionBinder binder, ExpressionSyntax syntax)
    {
        if (binder.Bind(syntax) is not BoundConstant { Value: Interval size })
        {
            throw BindingErrors.BadWindow("The length of a window has to be a constant interval.", syntax.Span, "Write INTERVAL '1' MINUTE.");
        }

        return Check(size, syntax.Span);
    }

    /// <summary>A length that is more than nothing.</summary>
    public static Interval Check(Interval size, TextSpan span)
        => size is { Months: >= 0, Days: >= 0, Nanoseconds: >= 0 } && size != default
            ? size
            : throw BindingErrors.BadWindow("The length of a window has to be more than nothing.", span);
}
