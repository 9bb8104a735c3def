using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>A call over a window: of a window function or of an aggregate; exactly one of the two is given.</summary>
public sealed record BoundWindowCall
{
    public WindowFunction? Function { get; init; }

    public WindowOverload? Overload { get; init; }

    /// <summary>The aggregate, with its arguments and filter.</summary>
    public BoundAggregate? Aggregate { get; init; }

    public IReadOnlyList<BoundExpression> Arguments { get; init; } = [];

    public bool IgnoreNulls { get; init; }

    public required BoundFrame Frame { get; init; }

    /// <summary>Of the call that numbers row buffers: how they are cut. Null for every other call.</summary>
    public RowBuffer? Buffer { get; init; }
}

/// <summary>A frame whose offsets are expressions of the row: whole numbers for rows and groups, for ranges what can be added to the sort key.</summary>
public sealed record BoundFrame(FrameUnit Unit, FrameBoundKind Start, BoundExpression? StartOffset, FrameBoundKind End, BoundExpression? EndOffset, FrameExclusion Exclusion)
{
    /// <summary>Everything up to the current row and its equals: the default with an order.</summary>
    public static BoundFrame ToCurrent { get; } = new(FrameUnit.Range, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.CurrentRow, null, FrameExclusion.NoOthers);

    /// <summary>The whole partition: the default without an order.</summary>
    public static BoundFrame Whole { get; } = new(FrameUnit.Rows, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.UnboundedFollowing, null, FrameExclusion.NoOthers);
}
