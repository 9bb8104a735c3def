using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Aggregations by windows of event time.</content>
internal sealed partial class StagePlanner
{
    /// <summary>An aggregation whose groups are final when the watermark passes the end of their window; null for others.</summary>
    private StagePlan? PlanWindows(LogicalAggregate aggregate)
    {
        if (PlanSessions(aggregate) is { } sessions)
        {
            return sessions;
        }

        if (aggregate.Sets is not null || FindWindow(aggregate) is not { } bound)
        {
            WarnOfOpenWindows(aggregate);
            return null;
        }

        WarnOfWindows(aggregate.Input, bound);
        bool isChanging = EmissionOf(settings) != WindowEmission.Once;
        TimedRows? timed = TimedRows.Under(aggregate, bound, panes: !isChanging);
        LogicalPlan rows = timed?.Rows ?? aggregate.Input;
        Assignment[] own = [.. aggregate.Keys.Where(k => BoundOf(aggregate, k, bound) is null)];
        var columns = new AddedColumns(rows);
        int[] numbers = [.. own.Select(k => columns.Add(k.Expression))];
        LogicalPlan keyed = columns.Plan;
        StagePlan input = Plan(keyed);
        BoundExpression[] keys = [.. numbers.Select(n => new BoundColumn(keyed.Output[n]))];
        var aggregates = new AggregatePlan(PhysicalPlanner.SchemaOf(aggregate), keys, [.. aggregate.Aggregates.Select(a => a.Aggregate)], sets: null, groupingId: false);
        Layout layout = PhysicalPlanner.LayoutOf(keyed);
        var windows = new WindowLayout(bound.Column.Type, timed is null ? bound.Bound : bound.Bound with { IsEnd = true }, ReadsTime: timed is not null);
        int number = 0;
        var plan = new WindowPlan
        {
            Layout = windows,
            Aggregates = aggregates,
            Source = new BoundColumn(timed?.Time ?? bound.Column),
            Input = layout,
            Keys = [.. aggregate.Keys.Select(k => BoundOf(aggregate, k, bound) is { } of ? WindowKey.Bound(of.IsEnd) : new WindowKey(number++, false))],
            Schema = PhysicalPlanner.SchemaOf(aggregate),
            Emission = EmissionOf(settings),
            Lateness = LatenessOf(settings),
            TakesChanges = input.IsChanges,
            KeepsRows = input.IsChanges && !aggregates.Retracts,
        };
        string kind = $"{bound.Bound.Kind.ToString().ToLowerInvariant()} {bound.Column.Name}{(windows.HasPanes ? " by panes" : "")}";
        string details = $"{kind}: {LogicalPrinter.Describe(aggregate)}";
        return numbers.Length == 0 && CanBeHalved(plan)
            ? new WindowAggregateStage(new WindowAggregateStage(input, [], plan, details, WindowPhase.Partial), [], plan, details, WindowPhase.Final)
            : new WindowAggregateStage(input, numbers, plan, details, WindowPhase.Whole);
    }

    // Whether states of groups are put together in any order, and are less than the rows.
    private static bool CanBeHalved(WindowPlan plan)
    {
        using var states = new AggregateStates(plan.Aggregates);
        return plan is { Emission: WindowEmission.Once, TakesChanges: false }
            && plan.Aggregates.Calls.All(c => c.Aggregate is { Overload.Ordered: false, Distinct: false })
            && states.All.All(s => !s.KeepsRows);
    }

    private static WindowEmission EmissionOf(StreamSettings settings) => settings switch
    {
        { Emit: EmitMode.Changes } => WindowEmission.Always,
        { Emit: null, Late: LateRows.Update, AllowedLateness.Ticks: > 0 } => WindowEmission.WhenClosed,
        _ => WindowEmission.Once,
    };

    private static long LatenessOf(StreamSettings settings) => settings.Late == LateRows.Update ? (long)settings.AllowedLateness.TotalMicroseconds : 0;

    // An end says more than a start: that of cumulating windows and sessions tells nothing of the end.
    private static WindowKeyBound? FindWindow(LogicalAggregate aggregate)
    {
        WindowKeyBound? start = null;
        foreach (Assignment key in aggregate.Keys)
        {
            if (WindowBounds.Column(key.Expression) is { } column && WindowBounds.Of(aggregate.Input, column) is { Closes: true } bound)
            {
                if (bound.IsEnd)
                {
                    return new WindowKeyBound(column, bound);
                }

                start ??= new WindowKeyBound(column, bound);
            }
        }

        return start;
    }

    // What a key says of the window by which the groups close: only keys that follow from it need not be told apart by.
    private static WindowBound? BoundOf(LogicalAggregate aggregate, Assignment key, WindowKeyBound window)
    {
        if (WindowBounds.Column(key.Expression) is not { } column || WindowBounds.Of(aggregate.Input, column) is not { } bound)
        {
            return null;
        }

        bool follows = ReferenceEquals(column, window.Column)
            || (window.Bound.Window is not null && ReferenceEquals(bound.Window, window.Bound.Window) && bound.Closes && bound.Kind != TimeWindowKind.Session
                && (window.Bound.IsEnd || bound.Kind != TimeWindowKind.Cumulate));
        return follows ? bound : null;
    }

    private void WarnOfWindows(LogicalPlan input, WindowKeyBound window)
    {
        if (EventTimes.HasWatermark(input))
        {
            return;
        }

        if (EventTimes.FindUnbounded(input) is { } table && settings.Emit != EmitMode.Changes)
        {
            throw StreamErrors.NoWatermark(table.Name, window.Bound.Window?.Time.Span ?? default);
        }

        string warning = $"No table under the windows of {window.Column.Name} has a watermark: they close only when the input ends.";
        if (!_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }

    // Rows of a join that is not bounded in time may have any time, however far the watermark is.
    private void WarnOfOpenWindows(LogicalAggregate aggregate)
    {
        bool isOpen = aggregate.Keys.Any(k => WindowBounds.Column(k.Expression) is { } column && WindowBounds.Of(aggregate.Input, column) is { Lag: null });
        if (!isOpen || !EventTimes.HasWatermark(aggregate.Input) || settings.Emit == EmitMode.Changes || JoinUnder(aggregate.Input) is not { } join)
        {
            return;
        }

        _warnings.Add($"Windows close at the end of the input only: the {LogicalPrinter.Describe(join)} under them gives rows of any time at any time. Bound how far apart in event time its rows may be, which makes it an interval join.");
    }

    private static LogicalJoin? JoinUnder(LogicalPlan plan) => plan as LogicalJoin ?? plan.Inputs.Select(JoinUnder).FirstOrDefault(j => j is not null);

    /// <summary>A column by which windows are told apart.</summary>
    internal sealed record WindowKeyBound(ColumnVariable Column, WindowBound Bound);
}
