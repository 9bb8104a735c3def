using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// The rows under an aggregation by windows without the windows: each row once, with its time. Only where nothing between the
/// windows and the aggregation looks at their bounds.
/// </summary>
/// <param name="Rows">The rows.</param>
/// <param name="Time">The column with their time.</param>
internal sealed record TimedRows(LogicalPlan Rows, ColumnVariable Time)
{
    /// <summary>Finds them; null where rows have to be given their windows.</summary>
    /// <param name="aggregate">The aggregation.</param>
    /// <param name="window">The bound by which its groups close.</param>
    /// <param name="panes">Whether rows may be kept by panes, which come to windows together when these close.</param>
    public static TimedRows? Under(LogicalAggregate aggregate, StagePlanner.WindowKeyBound window, bool panes)
    {
        if (window.Bound.Window is not { Kind: not TimeWindowKind.Session } windows
            || (windows.Kind != TimeWindowKind.Tumble && !(panes && CanUsePanes(aggregate, windows, window.Bound))))
        {
            return null;
        }

        return Under(aggregate, windows);
    }

    /// <summary>
    /// The same for sessions, where the groups are just the sessions: of each key all rows, and no more keys than sessions have.
    /// </summary>
    public static TimedRows? UnderSessions(LogicalAggregate aggregate, LogicalTimeWindow sessions)
    {
        var keys = new HashSet<BoundExpression>(sessions.Key, ExpressionComparer.Instance);
        var own = new HashSet<BoundExpression>(ExpressionComparer.Instance);
        foreach (Assignment key in aggregate.Keys)
        {
            if (WindowBounds.Column(key.Expression) is { } column && ReferenceEquals(WindowBounds.Of(aggregate.Input, column)?.Window, sessions))
            {
                continue;
            }

            if (SourceOf(aggregate.Input, key.Expression, sessions) is not { } source || !keys.Contains(source))
            {
                return null;
            }

            own.Add(source);
        }

        return own.Count == keys.Count ? Under(aggregate, sessions) : null;
    }

    // The expression over the rows under the sessions that an expression over a plan stands for.
    private static BoundExpression? SourceOf(LogicalPlan plan, BoundExpression expression, LogicalTimeWindow sessions)
        => ReferenceEquals(plan, sessions) ? expression
            : plan is LogicalProject project && WindowBounds.Column(expression) is { } column && project.Columns.FirstOrDefault(c => ReferenceEquals(c.Variable, column)) is { } made
                ? SourceOf(project.Input, made.Expression, sessions)
                : null;

    private static TimedRows? Under(LogicalAggregate aggregate, LogicalTimeWindow windows)
    {
        HashSet<ColumnVariable> bounds = [windows.WindowStart, windows.WindowEnd];
        var time = new ColumnVariable("#time", windows.Time.Type);
        LogicalPlan? rows = Strip(aggregate.Input, windows, time, bounds);
        bool isUsed = aggregate.Aggregates.Any(a => FreeVariables.Of(PartsOf(a.Aggregate)).Overlaps(bounds))
            || aggregate.Keys.Any(k => k.Expression is not BoundColumn && FreeVariables.Of(k.Expression).Overlaps(bounds));
        return rows is null || isUsed ? null : new TimedRows(rows, time);
    }

    private static IEnumerable<BoundExpression> PartsOf(BoundAggregate call)
        => [.. call.Arguments, .. call.OrderBy.Select(o => o.Expression), .. call.Filter is null ? Array.Empty<BoundExpression>() : [call.Filter]];

    // Panes keep no order among their rows; and groups by the start of cumulating windows are of several windows.
    private static bool CanUsePanes(LogicalAggregate aggregate, LogicalTimeWindow windows, WindowBound bound)
        => new Execution.TimeWindows(windows.Time.Type.Unit, windows.Kind, windows.Size, windows.Advance).Pane > 0
            && (bound.IsEnd || windows.Kind == TimeWindowKind.Hop)
            && aggregate.Aggregates.All(a => !a.Aggregate.Overload.Ordered || a.Aggregate.OrderBy.Count > 0);

    // The plan with the time in place of the bounds; names of the bounds further up are added to them.
    private static LogicalPlan? Strip(LogicalPlan plan, LogicalTimeWindow windows, ColumnVariable time, HashSet<ColumnVariable> bounds)
    {
        if (ReferenceEquals(plan, windows))
        {
            return new LogicalProject(windows.Input, [.. windows.Input.Output.Select(c => new Assignment(c, new BoundColumn(c))), new Assignment(time, windows.Time)]);
        }

        if (windows.Kind == TimeWindowKind.Session && plan is not LogicalProject)
        {
            // Sessions are also made of rows that are left out later.
            return null;
        }

        if (plan is not (LogicalFilter or LogicalProject or LogicalUnnest or LogicalSeries) || Strip(plan.Inputs[0], windows, time, bounds) is not { } input)
        {
            return null;
        }

        if (plan is not LogicalProject project)
        {
            return PlanExpressions.Of(plan).Any(e => FreeVariables.Of(e).Overlaps(bounds)) ? null : plan.WithInputs([input]);
        }

        var columns = new List<Assignment>();
        foreach (Assignment column in project.Columns)
        {
            if (WindowBounds.Column(column.Expression) is { } source && bounds.Contains(source))
            {
                bounds.Add(column.Variable);
            }
            else if (FreeVariables.Of(column.Expression).Overlaps(bounds))
            {
                return null;
            }
            else
            {
                columns.Add(column);
            }
        }

        return new LogicalProject(input, [.. columns, new Assignment(time, new BoundColumn(time))]);
    }
}
