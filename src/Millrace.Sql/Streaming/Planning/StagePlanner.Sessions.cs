using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Aggregations by sessions.</content>
internal sealed partial class StagePlanner
{
    /// <summary>
    /// An aggregation whose groups are sessions: its keys are bounds of sessions and just the keys of these. Null for others.
    /// </summary>
    private StagePlan? PlanSessions(LogicalAggregate aggregate)
    {
        if (aggregate.Sets is not null || FindSession(aggregate) is not { } key || TimedRows.UnderSessions(aggregate, key.Bound.Window!) is not { } timed)
        {
            return null;
        }

        Assignment[] own = [.. aggregate.Keys.Where(k => !IsBoundOf(aggregate, k, key.Bound.Window!))];
        var columns = new AddedColumns(timed.Rows);
        int[] numbers = [.. own.Select(k => columns.Add(k.Expression))];
        LogicalPlan keyed = columns.Plan;
        StagePlan input = Plan(keyed);
        if (input.IsChanges)
        {
            return null;
        }

        WarnOfWindows(aggregate.Input, key);
        BoundExpression[] keys = [.. numbers.Select(n => new BoundColumn(keyed.Output[n]))];
        Layout layout = PhysicalPlanner.LayoutOf(keyed);
        int number = 0;
        var windows = new WindowPlan
        {
            Layout = new WindowLayout(key.Column.Type, key.Bound with { IsEnd = true }, ReadsTime: false),
            Aggregates = new AggregatePlan(PhysicalPlanner.SchemaOf(aggregate), keys, [.. aggregate.Aggregates.Select(a => a.Aggregate)], sets: null, groupingId: false),
            Source = new BoundColumn(timed.Time),
            Input = layout,
            Keys = [.. aggregate.Keys.Select(k => IsBoundOf(aggregate, k, key.Bound.Window!) ? WindowKey.Bound(BoundOf(aggregate, k)!.IsEnd) : new WindowKey(number++, false))],
            Schema = PhysicalPlanner.SchemaOf(aggregate),
            Emission = EmissionOf(settings),
            Lateness = LatenessOf(settings),
            TakesChanges = false,
            KeepsRows = false,
        };
        var plan = new SessionPlan(windows, new SessionTimes(windows.Layout, new WindowStep(key.Column.Type.Unit, key.Bound.Size), windows.Lateness));
        return new SessionAggregateStage(input, numbers, plan, $"{LogicalPrinter.Describe(key.Bound.Window!)}: {LogicalPrinter.Describe(aggregate)}");
    }

    /// <summary>Rows with the bounds of their sessions, once these are final; null where they are given or changed before.</summary>
    private StagePlan? PlanSessionRows(LogicalTimeWindow sessions)
    {
        if (EmissionOf(settings) != WindowEmission.Once || WindowBounds.Of(sessions, sessions.WindowEnd) is not { Closes: true } bound)
        {
            return null;
        }

        var columns = new AddedColumns(sessions.Input);
        int[] numbers = [.. sessions.Key.Append(sessions.Time).Select(columns.Add)];
        StagePlan input = Plan(columns.Plan);
        if (input.IsChanges)
        {
            return null;
        }

        WarnOfWindows(sessions.Input, new WindowKeyBound(sessions.WindowEnd, bound));
        var times = new SessionTimes(
            new WindowLayout(sessions.Time.Type, bound, ReadsTime: false), new WindowStep(sessions.Time.Type.Unit, sessions.Size), LatenessOf(settings));
        return new SessionRowsStage(PhysicalPlanner.SchemaOf(sessions), input, numbers[..^1], numbers[^1], times, LogicalPrinter.Describe(sessions));
    }

    private static WindowKeyBound? FindSession(LogicalAggregate aggregate)
    {
        foreach (Assignment key in aggregate.Keys)
        {
            if (BoundOf(aggregate, key) is { Kind: TimeWindowKind.Session, Window: not null, Lag: not null } bound)
            {
                return new WindowKeyBound(WindowBounds.Column(key.Expression)!, bound);
            }
        }

        return null;
    }

    private static WindowBound? BoundOf(LogicalAggregate aggregate, Assignment key)
        => WindowBounds.Column(key.Expression) is { } column ? WindowBounds.Of(aggregate.Input, column) : null;

    private static bool IsBoundOf(LogicalAggregate aggregate, Assignment key, LogicalTimeWindow window) => ReferenceEquals(BoundOf(aggregate, key)?.Window, window);
}
