using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

/// <summary>What stands behind <c>OVER</c>: a name from the <c>WINDOW</c> clause, or a window of its own that may build on a named one.</summary>
public sealed record WindowSyntax : SyntaxNode
{
    /// <summary>The named window: <c>OVER w</c>, <c>OVER (w ORDER BY …)</c>.</summary>
    public Identifier? Base { get; init; }

    public IReadOnlyList<ExpressionSyntax> PartitionBy { get; init; } = [];

    public IReadOnlyList<OrderItem> OrderBy { get; init; } = [];

    public FrameSyntax? Frame { get; init; }

    /// <summary><c>ROWS WINDOW BUFFER n ROWS …</c>.</summary>
    public RowBufferSyntax? Buffer { get; init; }
}

/// <summary><c>WINDOW BUFFER n ROWS … EMIT … EXPIRE …</c>: the last rows of a key, kept as they come.</summary>
/// <param name="Rows">How many.</param>
/// <param name="EmitOnFull">Whether a result waits for a full buffer instead of every record.</param>
/// <param name="ExpireAfter">Inactivity after which the buffer of a key is dropped; null for never.</param>
public sealed record RowBufferSyntax(long Rows, bool EmitOnFull, Interval? ExpireAfter) : SyntaxNode;

/// <summary>In what a frame counts.</summary>
public enum FrameUnit
{
    Rows,
    Range,
    Groups,
}

/// <summary>Where a frame begins or ends.</summary>
public enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

/// <summary>Which rows a frame leaves out.</summary>
public enum FrameExclusion
{
    NoOthers,
    CurrentRow,
    Group,
    Ties,
}

/// <param name="Kind">Where.</param>
/// <param name="Offset">How far, for <see cref="FrameBoundKind.Preceding"/> and <see cref="FrameBoundKind.Following"/>.</param>
public sealed record FrameBound(FrameBoundKind Kind, ExpressionSyntax? Offset = null) : SyntaxNode;

public sealed record FrameSyntax(FrameUnit Unit, FrameBound Start, FrameBound End, FrameExclusion Exclusion) : SyntaxNode;

/// <summary>An entry of the <c>WINDOW</c> clause: <c>WINDOW w AS (…)</c>.</summary>
public sealed record NamedWindow(Identifier Name, WindowSyntax Window) : SyntaxNode;

/// <summary>Kinds of windows over event time.</summary>
public enum TimeWindowKind
{
    Tumble,
    Hop,
    Cumulate,
    Session,
}

/// <summary>
/// The clause <c>WINDOW TUMBLING(ts, 1m)</c>, <c>SLIDING(ts, size, advance)</c>, <c>SESSION(ts, gap, key)</c>.
/// </summary>
/// <param name="Kind">Tumble, hop or session.</param>
/// <param name="Time">The time column; null for the one that the stream's watermark is for.</param>
/// <param name="Size">Length, or gap of a session.</param>
/// <param name="Advance">How far apart sliding windows begin.</param>
/// <param name="Key">Key of a session; null for the keys of <c>GROUP BY</c>.</param>
public sealed record WindowClause(TimeWindowKind Kind, ExpressionSyntax? Time, Interval Size, Interval? Advance, ExpressionSyntax? Key) : SyntaxNode;
