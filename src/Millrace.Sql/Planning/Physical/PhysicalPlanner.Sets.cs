using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <content>What makes more rows of one, or fewer.</content>
public static partial class PhysicalPlanner
{
    private static DistinctOnNode PlanDistinctOn(LogicalDistinctOn first)
    {
        var columns = new ComputedColumns(first.Input);
        int[] keys = [.. first.Keys.Select(columns.Add)];
        return new DistinctOnNode(columns.Over(Plan(first.Input)), keys, columns.Width);
    }

    // The rows of a key stand by their version, and those with the same one as they came: the last one stays.
    private static PhysicalNode PlanLatest(LogicalLatest latest)
    {
        var last = new ColumnVariable("#last", DataType.Boolean, nullable: false);
        BoundOrder[] order = latest.Version is null ? [] : [new BoundOrder(latest.Version, Descending: false, NullsFirst: true)];
        var marked = new LogicalWindow(latest.Input, latest.Keys, order, [new WindowAssignment(last, LatestRow.IsLast)]);
        return Plan(new LogicalProject(new LogicalFilter(marked, new BoundColumn(last)), [.. latest.Output.Select(v => new Assignment(v, new BoundColumn(v)))]));
    }

    private static UnnestNode PlanUnnest(LogicalUnnest unnest)
    {
        var columns = new ComputedColumns(unnest.Input);
        int[] arrays = [.. unnest.Arrays.Select(columns.Add)];
        return new UnnestNode(SchemaOf(unnest), columns.Over(Plan(unnest.Input)), columns.Width, arrays, unnest.Ordinality is not null, unnest.KeepsEmpty);
    }

    private static SeriesNode PlanSeries(LogicalSeries series)
    {
        var columns = new ComputedColumns(series.Input);
        (int from, int to, int step) = (columns.Add(series.From), columns.Add(series.To), columns.Add(series.Step));
        return new SeriesNode(SchemaOf(series), columns.Over(Plan(series.Input)), columns.Width, from, to, step) { IsGap = series.IsGap };
    }

    private static PhysicalNode PlanTimeWindow(LogicalTimeWindow window)
    {
        var columns = new ComputedColumns(window.Input);
        int time = columns.Add(window.Time);
        if (window.Kind != TimeWindowKind.Session)
        {
            return new TimeWindowNode(SchemaOf(window), columns.Over(Plan(window.Input)), columns.Width, time, window.Kind, window.Size, window.Advance);
        }

        // Sessions need the times of a key in order, as calls over a window do; rows without a time are in none.
        int[] key = [.. window.Key.Select(columns.Add)];
        DataType type = window.Time.Type;
        WindowColumn[] bounds =
        [
            new WindowFunctionColumn(window.WindowStart.ToField(), [time], WindowFrame.Whole, SessionWindows.Start(type, window.Size)),
            new WindowFunctionColumn(window.WindowEnd.ToField(), [time], WindowFrame.Whole, SessionWindows.End(type, window.Size)),
        ];
        var timed = new FilterNode(Plan(window.Input), new BoundIsNull(window.Time, Negated: true), LayoutOf(window.Input));
        return new WindowNode(columns.Over(timed), key, [new OrderColumn(time)], bounds, columns.Width);
    }
}
