using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>The WINDOW clause of a SELECT: rows get the bounds of their windows, by which groups are then told apart.</summary>
internal sealed class TimeWindowClause
{
    private readonly WindowClause _syntax;
    private readonly BoundExpression _time;
    private readonly BoundExpression? _key;
    private readonly ColumnVariable _start;
    private readonly ColumnVariable _end;

    public TimeWindowClause(ExpressionBinder binder, WindowClause syntax)
    {
        _syntax = syntax;
        _time = EventTime.AsTimestamp(syntax.Time is null ? EventTime.Of(binder.Scope, syntax.Span) : binder.BindSettled(syntax.Time));
        _key = syntax.Key is null ? null : binder.BindSettled(syntax.Key);
        (_start, _end) = TimeWindowBinder.Bounds(_time.Type);
        Scope = TimeWindowBinder.WithSystemBounds(binder.Scope, _start, _end);
    }

    /// <summary>The names behind the clause.</summary>
    public Scope Scope { get; }

    /// <summary>The plan with windows; sessions are told apart by the clause's key, else by those of GROUP BY.</summary>
    public LogicalPlan Plan(LogicalPlan input, IReadOnlyList<BoundExpression> groupKeys)
    {
        Interval size = TimeWindowBinder.Check(_syntax.Size, _syntax.Span);
        Interval? advance = _syntax.Advance is { } step ? TimeWindowBinder.Check(step, _syntax.Span) : null;
        IReadOnlyList<BoundExpression> key = _syntax.Kind != TimeWindowKind.Session ? []
            : _key is not null ? [_key]
            : [.. groupKeys.Where(k => !FreeVariables.Of(k).Overlaps([_start, _end]))];
        return new LogicalTimeWindow(input, _syntax.Kind, _time, size, advance, key, _start, _end);
    }

    /// <summary>Makes the bounds keys of the groups.</summary>
    public void AddKeys(GroupKeys keys)
    {
        keys.Add(new BoundColumn(_start));
        keys.Add(new BoundColumn(_end));
    }
}
