using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <content>Calls over windows.</content>
public static partial class PhysicalPlanner
{
    private static WindowNode PlanWindow(LogicalWindow window, int? first = null)
    {
        var columns = new ComputedColumns(window.Input);
        int[] partition = [.. window.PartitionBy.Select(columns.Add)];
        OrderColumn[] order = PlanOrder(window.OrderBy, columns);
        WindowColumn[] calls = [.. window.Calls.Select(c => PlanCall(c, columns))];
        PhysicalNode input = columns.Over(Plan(window.Input));
        return new WindowNode(input, partition, order, calls, columns.Width) { Rows = input.Rows, First = first };
    }

    private static WindowColumn PlanCall(WindowAssignment assignment, ComputedColumns columns)
    {
        BoundWindowCall call = assignment.Call;
        Field field = assignment.Variable.ToField();
        WindowFrame frame = PlanFrame(call.Frame, columns);
        if (call.Aggregate is not { } aggregate)
        {
            return new WindowFunctionColumn(field, [.. call.Arguments.Select(columns.Add)], frame, call.Overload!.Kernel(CallSite(call.Arguments, field.Type)))
            {
                UsesFrame = call.Function!.UsesFrame,
                IgnoreNulls = call.IgnoreNulls,
                Paged = call.Overload.Paged,
                LooksBack = call.Overload.LooksBack,
            };
        }

        if (aggregate.OrderBy.Count > 0)
        {
            throw WindowErrors.OrderedAggregate(aggregate.Function.Name);
        }

        AggregateOverload overload = aggregate.Overload;
        ScalarCallSite site = CallSite(aggregate.Arguments, aggregate.Type);
        return new WindowAggregateColumn(field, [.. aggregate.Arguments.Select(columns.Add)], frame, () => overload.Create(site))
        {
            SkipsNulls = overload.SkipsNulls,
            Ordered = overload.Ordered,
            Distinct = aggregate.Distinct && !overload.IgnoresRepeats,
            Filter = columns.AddOptional(aggregate.Filter),
        };
    }

    private static WindowFrame PlanFrame(BoundFrame frame, ComputedColumns columns)
    {
        return new WindowFrame(frame.Unit, frame.Start, Offset(frame.StartOffset), frame.End, Offset(frame.EndOffset), frame.Exclusion);

        int? Offset(BoundExpression? offset)
            => offset is null ? null : columns.Add(frame.Unit == FrameUnit.Range || offset.Type.Id == TypeId.Int64 ? offset : new BoundCast(offset, DataType.Int64) { Span = offset.Span });
    }

    private static ScalarCallSite CallSite(IReadOnlyList<BoundExpression> arguments, DataType result)
        => new([.. arguments.Select(a => a.Type)], [.. arguments.Select(a => a is BoundConstant c ? new[] { c.Value } : null)], result);
}
