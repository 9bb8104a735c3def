using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>How far back calls over rows in the order of time look: the rows before and the microseconds before that they may need; null for all.</summary>
internal sealed record OverReach(long? Rows, long Micros)
{
    private static readonly OverReach All = new(null, 0);

    /// <summary>The reach of all calls of a window; null if some looks ahead.</summary>
    public static OverReach? Of(LogicalWindow window)
    {
        var most = new OverReach(0, 0);
        foreach (WindowAssignment call in window.Calls)
        {
            if (Of(call.Call) is not { } reach)
            {
                return null;
            }

            most = new OverReach(most.Rows is { } a && reach.Rows is { } b ? Math.Max(a, b) : null, Math.Max(most.Micros, reach.Micros));
        }

        return most;
    }

    private static OverReach? Of(BoundWindowCall call) => call switch
    {
        { Aggregate: not null } or { Function.UsesFrame: true } => Of(call.Frame),
        { Function.Name: "row_number" or "rank" or "dense_rank" or "locf" } => All,
        { Function.Name: "lag", IgnoreNulls: false, Arguments: [_] } => new OverReach(1, 0),
        { Function.Name: "lag", IgnoreNulls: false, Arguments: [_, BoundConstant { Value: long and >= 0 and var rows }, ..] } => new OverReach((long)rows, 0),
        _ => null,
    };

    private static OverReach? Of(BoundFrame frame)
    {
        if (frame.End is not (FrameBoundKind.Preceding or FrameBoundKind.CurrentRow))
        {
            return null;
        }

        return (frame.Unit, frame.Start, frame.StartOffset) switch
        {
            (FrameUnit.Rows, FrameBoundKind.CurrentRow, _) or (FrameUnit.Range, FrameBoundKind.CurrentRow, _) => new OverReach(0, 0),
            (FrameUnit.Rows, FrameBoundKind.Preceding, BoundConstant { Value: long and >= 0 and var rows }) => new OverReach((long)rows, 0),
            (FrameUnit.Range, FrameBoundKind.Preceding, BoundConstant { Value: Interval interval }) => new OverReach(0, MicrosOf(interval)),
            _ => All,
        };
    }

    // At least as long as the interval is anywhere.
    private static long MicrosOf(Interval interval)
        => long.CreateSaturating((((Int128)interval.Months * 31) + interval.Days + 1) * 86_400_000_000 + (interval.Nanoseconds / 1_000));
}
