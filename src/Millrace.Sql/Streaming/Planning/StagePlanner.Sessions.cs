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
        LogicalPlan keyed = WithColumns(timed.Rows, own);
        StagePlan input = Plan(keyed);
        if (input.IsChanges)
        {
            return null;
        }

        WarnOfWindows(aggregate.Input, key);
        BoundExpression[] keys = [.. own.Select(k => k.Expression is BoundColumn ? k.Expression : new BoundColumn(k.Variable))];
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
        var plan = new SessionPlan(windows, new WindowStep(key.Column.Type.Unit, key.Bound.Size));
        return new SessionAggregateStage(input, [.. keys.Select(k => layout[((BoundColumn)k).Column])], plan, $"{LogicalPrinter.Describe(key.Bound.Window!)}: {LogicalPrinter.Describe(aggregate)}");
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
