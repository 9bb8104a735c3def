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
        return new WindowAggregateStage(input, numbers, plan, $"{kind}: {LogicalPrinter.Describe(aggregate)}");
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

    /// <summary>A column by which windows are told apart.</summary>
    internal sealed record WindowKeyBound(ColumnVariable Column, WindowBound Bound);
}
