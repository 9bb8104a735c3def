namespace Millrace.Sql.Execution;

/// <summary>What windows complain of.</summary>
public static class WindowErrors
{
    public static readonly ErrorCode FrameOffsetCode = new("MR5260", "The offset of a window frame is null or negative.", "Give offsets of PRECEDING and FOLLOWING that are zero or more.");

    internal static MillraceException FrameOffset(string found)
        => FrameOffsetCode.Error($"The offset of a window frame is {found}; it has to be zero or more.");
}
