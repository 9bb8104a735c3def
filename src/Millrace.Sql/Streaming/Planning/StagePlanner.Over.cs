using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Calls over rows in the order of event time, whose frames look back.</content>
internal sealed partial class StagePlanner
{
    // The place of a row in its partition.
    private static readonly ColumnVariable Place = new("#place", DataType.Int64, nullable: false);

    private StagePlan? PlanOver(LogicalWindow window)
    {
        if (settings.Emit == EmitMode.Changes
            || window.OrderBy is not [{ Descending: false, NullsFirst: false, Expression: BoundColumn { Column: var time } }, ..]
            || OverReach.Of(window) is not { } reach)
        {
            return null;
        }

        // Where buffers expire, whether one begins with a row is told by the row before it.
        LogicalWindow? buffers = window.Input is LogicalWindow { Calls: [{ Call.Buffer.Rows: null }] } expiring ? expiring : null;
        LogicalPlan under = buffers?.Input ?? window.Input;
        reach = buffers is null || reach.Rows is null ? reach : reach with { Rows = Math.Max(reach.Rows.Value, 1) };
        if (!EventTimes.HasWatermark(under) || EventTimes.LagOf(under, window.OrderBy[0].Expression) is not { } lag)
        {
            return null;
        }

        // What rows say is computed when they come, and not again with each frame that they are in.
        BoundExpression[] expressions = [.. PlanExpressions.Of(window).Concat(buffers is null ? [] : PlanExpressions.Of(buffers)).Where(e => e is not (BoundColumn or BoundConstant))];
        var added = new AddedColumns(under);
        int[] keys = [.. (buffers ?? window).PartitionBy.Select(added.Add)];
        int[] numbers = [.. expressions.Select(added.Add)];
        StagePlan input = Plan(added.Plan);
        if (input.IsChanges)
        {
            return buffers is not null ? PlanPartition(window) : new PartitionStage(PhysicalPlanner.SchemaOf(window), input, keys, new BatchPlan([window.Input.Output], inputs => window with { Input = inputs[0] }), LogicalPrinter.Describe(window));
        }

        IReadOnlyList<ColumnVariable> columns = added.Plan.Output;
        var over = (LogicalWindow)PlanExpressions.Map(window, Computed);
        LogicalWindow placed = buffers is null ? over : (LogicalWindow)PlanExpressions.Map(buffers, Computed);
        placed = placed with { Calls = [.. placed.Calls, new WindowAssignment(Place, RowNumbers)] };
        return new OverStage(
            PhysicalPlanner.SchemaOf(window),
            input,
            keys,
            columns.ToList().FindIndex(c => ReferenceEquals(c, time)),
            new BatchPlan([[.. columns, RowNumber]], inputs => new LogicalProject(
                buffers is null ? placed with { Input = inputs[0] } : over with { Input = placed with { Input = inputs[0] } },
                [.. window.Output.Append(RowNumber).Append(Place).Select(v => new Assignment(v, new BoundColumn(v)))])),
            reach,
            lag,
            buffers is null ? LogicalPrinter.Describe(window) : $"{LogicalPrinter.Describe(window)} ← {LogicalPrinter.Describe(buffers)}");

        BoundExpression Computed(BoundExpression e) => Array.FindIndex(expressions, x => ExpressionComparer.Instance.Equals(x, e)) is >= 0 and var i
            ? new BoundColumn(columns[numbers[i]]) { Span = e.Span }
            : e;
    }
}
