namespace Millrace.Sql.Execution;

/// <summary>What windows complain of.</summary>
public static class WindowErrors
{
    public static readonly ErrorCode FrameOffsetCode = new("MR5260", "The offset of a window frame is null or negative.", "Give offsets of PRECEDING and FOLLOWING that are zero or more.");

    public static readonly ErrorCode NotOverWindowCode = new("MR5261", "An aggregate cannot be computed over this window.", "Leave out ORDER BY inside the call; the order of the window counts.");

    internal static MillraceException OrderedAggregate(string name)
        => NotOverWindowCode.Error($"{name} has an order of its own inside a window.");

    internal static MillraceException FrameOffset(string found)
        => FrameOffsetCode.Error($"The offset of a window frame is {found}; it has to be zero or more.");
}
