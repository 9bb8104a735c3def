using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Calls with <c>OVER</c>.</summary>
internal static class WindowBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, SqlFunction function, CallSyntax syntax)
    {
        if (binder.Clause.Windows is not { } windows)
        {
            throw BindingErrors.NotAllowed(
                binder.Clause.InAggregate ? $"{function.Name} OVER (…) stands inside an aggregate or another window." : $"{binder.Clause.Name} cannot contain a call over a window.",
                syntax.Span,
                binder.Clause.Name is "WHERE" or "HAVING" ? "Conditions on windows stand in QUALIFY." : "Compute it in a subquery.");
        }

        // Aggregates of the groups can stand inside: sum(sum(x)) OVER ().
        ExpressionBinder inner = binder.In(binder.Clause with { Name = "a window", Windows = null, InAggregate = binder.Clause.Aggregates is null });
        WindowSyntax window = Spell(syntax.Over!, windows, 0);
        IReadOnlyList<BoundExpression> partition = [.. window.PartitionBy.Select(inner.BindSettled)];
        IReadOnlyList<BoundOrder> order = OrderBinder.Bind(inner, window.OrderBy);
        BoundFrame frame = BindFrame(inner, window, order);
        BoundWindowCall call;
        DataType type;
        if (function is AggregateFunction aggregate)
        {
            BoundAggregate bound = CallBinder.BindParts(inner, aggregate, syntax);
            call = new BoundWindowCall { Aggregate = bound, Arguments = bound.Arguments, IgnoreNulls = syntax.IgnoreNulls, Frame = frame };
            type = bound.Type;
        }
        else
        {
            var windowFunction = (WindowFunction)function;
            if (syntax.Distinct || syntax.Star || syntax.Filter is not null || syntax.OrderBy.Count > 0 || syntax.WithinGroup.Count > 0)
            {
                throw BindingErrors.NotAllowed($"{function.Name} takes no DISTINCT, FILTER, ORDER BY or *.", syntax.Span);
            }

            ResolvedCall<WindowOverload> resolved = OverloadResolution.Resolve(windowFunction, windowFunction.Overloads, CallShape.Of, inner.Bind(syntax.Arguments), syntax.Span);
            call = new BoundWindowCall { Function = windowFunction, Overload = resolved.Overload, Arguments = resolved.Arguments, IgnoreNulls = syntax.IgnoreNulls, Frame = frame };
            type = resolved.Type;
        }

        var variable = new ColumnVariable(function.Name, type);
        windows.Add(new WindowEntry(variable, call, partition, order) { Buffer = window.Buffer is null ? null : RowBuffers.Of(window.Buffer, order) });
        return new BoundColumn(variable) { Span = syntax.Span };
    }

    // A window that builds on a named one takes over what it does not say itself.
    private static WindowSyntax Spell(WindowSyntax window, WindowCalls windows, int depth)
    {
        if (window.Base is not { } name)
        {
            return window;
        }

        NamedWindow named = windows.Named.FirstOrDefault(w => name.Matches(w.Name.Text))
            ?? throw BindingErrors.BadWindow($"There is no window '{name}'{NearestName.Suggest(name.Text, windows.Named.Select(w => w.Name.Text))}.", name.Span, "Windows are named in the WINDOW clause.");
        if (depth > windows.Named.Count)
        {
            throw BindingErrors.BadWindow($"The window '{name}' builds on itself.", name.Span);
        }

        WindowSyntax below = Spell(named.Window, windows, depth + 1);
        if (window.PartitionBy.Count > 0 || (window.OrderBy.Count > 0 && below.OrderBy.Count > 0))
        {
            throw BindingErrors.BadWindow($"A window that builds on '{name}' can add an order only where that has none, and no partition.", window.Span);
        }

        return window with
        {
            Base = null,
            PartitionBy = below.PartitionBy,
            OrderBy = window.OrderBy.Count > 0 ? window.OrderBy : below.OrderBy,
            Frame = window.Frame ?? below.Frame,
            Buffer = window.Buffer ?? below.Buffer,
        };
    }

    private static BoundFrame BindFrame(ExpressionBinder binder, WindowSyntax window, IReadOnlyList<BoundOrder> order)
    {
        BoundFrame frame = window.Frame is { } syntax ? BindFrame(binder, syntax, order)
            : window.Buffer is { EmitOnFull: true } ? BoundFrame.Whole
            : window.Buffer is not null ? new BoundFrame(FrameUnit.Rows, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.CurrentRow, null, FrameExclusion.NoOthers)
            : order.Count > 0 ? BoundFrame.ToCurrent : BoundFrame.Whole;
        return window.Buffer is { } buffer ? Limit(frame, buffer) : frame;
    }

    // A buffer of n rows is a frame that begins no earlier than n - 1 rows before the row at hand.
    private static BoundFrame Limit(BoundFrame frame, RowBufferSyntax buffer)
    {
        if (frame.Unit != FrameUnit.Rows || buffer.Rows < 1)
        {
            throw BindingErrors.BadWindow("The frame of a row buffer counts in ROWS, and the buffer holds at least one.", buffer.Span);
        }

        if (buffer.EmitOnFull)
        {
            // The buffer is the partition: it has no more rows.
            return frame;
        }

        var first = new BoundConstant(DataType.Int64, buffer.Rows - 1);
        return frame.Start switch
        {
            FrameBoundKind.UnboundedPreceding => frame with { Start = FrameBoundKind.Preceding, StartOffset = first },
            FrameBoundKind.Preceding when frame.StartOffset is BoundConstant { Value: long rows } && rows >= buffer.Rows => frame with { StartOffset = first },
            _ => frame,
        };
    }

    private static BoundFrame BindFrame(ExpressionBinder binder, FrameSyntax syntax, IReadOnlyList<BoundOrder> order)
    {
        (FrameBoundKind start, FrameBoundKind end) = (syntax.Start.Kind, syntax.End.Kind);
        if (start == FrameBoundKind.UnboundedFollowing || end == FrameBoundKind.UnboundedPreceding || start > end)
        {
            throw BindingErrors.BadWindow("The frame ends before it begins.", syntax.Span);
        }

        bool offsets = syntax.Start.Offset is not null || syntax.End.Offset is not null;
        if (syntax.Unit == FrameUnit.Groups && order.Count == 0)
        {
            throw BindingErrors.BadWindow("A frame in GROUPS needs ORDER BY.", syntax.Span);
        }

        if (syntax.Unit == FrameUnit.Range && offsets && order.Count != 1)
        {
            throw BindingErrors.BadWindow("A frame in RANGE with an offset needs ORDER BY of exactly one expression.", syntax.Span);
        }

        return new BoundFrame(syntax.Unit, start, Offset(binder, syntax, syntax.Start, order), end, Offset(binder, syntax, syntax.End, order), syntax.Exclusion);
    }

    private static BoundExpression? Offset(ExpressionBinder binder, FrameSyntax frame, FrameBound bound, IReadOnlyList<BoundOrder> order)
    {
        if (bound.Offset is null)
        {
            return null;
        }

        DataType type = frame.Unit != FrameUnit.Range ? DataType.Int64 : order[0].Expression.Type switch
        {
            { IsNumeric: true } number => number,
            { Id: TypeId.Date or TypeId.Timestamp or TypeId.Time or TypeId.Interval } => DataType.Interval,
            DataType other => throw BindingErrors.BadWindow($"A frame in RANGE with an offset needs a number or time to order by, found {other}.", bound.Span),
        };
        BoundExpression offset = binder.Bind(bound.Offset);
        // The offset of a range is of the key's kind, not wider: 1.5 around whole numbers is an error.
        offset = Coercion.To(offset, type, "The offset of the frame");
        if (offset is BoundConstant { Value: null } or BoundConstant { Value: < 0L } or BoundConstant { Value: < 0 } or BoundConstant { Value: < 0d })
        {
            throw BindingErrors.BadWindow("The offset of a frame cannot be null or negative.", bound.Offset.Span);
        }

        return offset;
    }
}
