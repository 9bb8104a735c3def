using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>Which rows around a row a call sees.</summary>
/// <param name="Unit">In what it counts.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="StartOffset">The column that says how far, for bounds with an offset: bigint for rows and groups, what can be added to the sort key for ranges.</param>
/// <param name="End">Where it ends.</param>
/// <param name="EndOffset">The column that says how far.</param>
/// <param name="Exclusion">Which rows it leaves out.</param>
public sealed record WindowFrame(FrameUnit Unit, FrameBoundKind Start, int? StartOffset, FrameBoundKind End, int? EndOffset, FrameExclusion Exclusion)
{
    /// <summary>The whole partition.</summary>
    public static WindowFrame Whole { get; } = new(FrameUnit.Rows, FrameBoundKind.UnboundedPreceding, null, FrameBoundKind.UnboundedFollowing, null, FrameExclusion.NoOthers);
}
