using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Row buffers that are given when they are full.</content>
internal sealed partial class StagePlanner
{
    // The place of a row among all that came.
    private static readonly ColumnVariable Sequence = BufferStage.Sequence;

    private static readonly ColumnVariable BufferSize = new("#size", DataType.Int64, nullable: false);

    /// <summary>The stage of buffers in the order of event time, or in that in which rows come; null for those in another order.</summary>
    private BufferStage? PlanBuffers(LogicalWindow window)
    {
        if (window.Input is not LogicalWindow { Calls: [{ Call.Buffer: { Rows: { } most } cut, Variable: var number }] } buffers)
        {
            return null;
        }

        ColumnVariable? time = null;
        long lag = 0;
        if (window.OrderBy.Count > 0)
        {
            if (window.OrderBy is not [{ Descending: false, NullsFirst: false, Expression: BoundColumn column }, ..]
                || !EventTimes.HasWatermark(buffers.Input)
                || EventTimes.LagOf(buffers.Input, column) is not { } known)
            {
                return null;
            }

            (time, lag) = (column.Column, known);
        }

        // What rows say is computed when they come, and not again with each row that comes to their buffer.
        BoundExpression[] expressions = [.. PlanExpressions.Of(window).Concat(PlanExpressions.Of(buffers)).Where(e => e is not (BoundColumn or BoundConstant))];
        var added = new AddedColumns(buffers.Input);
        int[] keys = [.. buffers.PartitionBy.Select(added.Add)];
        int[] numbers = [.. expressions.Select(added.Add)];
        StagePlan input = time is null ? PlanInOrder(added.Plan) : Plan(added.Plan);
        if (input.IsChanges)
        {
            return null;
        }

        IReadOnlyList<ColumnVariable> columns = added.Plan.Output;
        var outer = (LogicalWindow)PlanExpressions.Map(window, Computed);
        var inner = (LogicalWindow)PlanExpressions.Map(buffers, Computed);
        outer = outer with { Calls = [.. outer.Calls, new WindowAssignment(BufferSize, RowBuffers.Size)] };
        return new BufferStage(
            PhysicalPlanner.SchemaOf(window),
            input,
            keys,
            time is null ? null : columns.ToList().FindIndex(c => ReferenceEquals(c, time)),
            new BatchPlan([[.. columns, Sequence, RowNumber]], inputs => new LogicalProject(
                outer with { Input = inner with { Input = inputs[0] } },
                [.. window.Output.Append(RowNumber).Append(number).Append(BufferSize).Select(v => new Assignment(v, new BoundColumn(v)))])),
            most,
            cut.Expiry,
            lag,
            $"{LogicalPrinter.Describe(window)} ← {LogicalPrinter.Describe(buffers)}");

        BoundExpression Computed(BoundExpression e) => Array.FindIndex(expressions, x => ExpressionComparer.Instance.Equals(x, e)) is >= 0 and var i
            ? new BoundColumn(columns[numbers[i]]) { Span = e.Span }
            : e;
    }
}
