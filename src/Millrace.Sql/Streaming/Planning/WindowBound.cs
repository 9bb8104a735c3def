using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>That a column of a plan holds where a window of event time starts or ends.</summary>
/// <param name="IsEnd">Whether it is the first instant behind the window, not the first one in it.</param>
/// <param name="Kind">Kind of the window.</param>
/// <param name="Size">Its length; of cumulating windows the longest, of sessions the gap.</param>
/// <param name="Advance">From one window to the next; null where it has none.</param>
/// <param name="Window">The plan that gives rows their windows; null where the column is put together from several.</param>
/// <param name="Lag">
/// Microseconds by which the watermark has to have passed the end of the window before no more rows of it come; null if they
/// may come at any time, such as out of a join with rows that have no time.
/// </param>
public sealed record WindowBound(bool IsEnd, TimeWindowKind Kind, Interval Size, Interval? Advance, LogicalTimeWindow? Window, long? Lag)
{
    /// <summary>Whether a value of the column tells when the last row with it has come.</summary>
    public bool Closes => Lag is not null && (IsEnd || Kind != TimeWindowKind.Session);

    /// <summary>Whether both bounds are of windows that are laid out in the same way, so that equal ones are of equal windows.</summary>
    public bool IsLike(WindowBound other) => (IsEnd, Kind, Size, Advance) == (other.IsEnd, other.Kind, other.Size, other.Advance);

    /// <summary>
    /// The watermark, in microseconds, from which no more rows with a value of the column come. Only for bounds that
    /// <see cref="Closes"/>.
    /// </summary>
    /// <param name="value">A value of the column.</param>
    /// <param name="unit">The column's unit.</param>
    public long ClosesAt(long value, TimeUnit unit)
    {
        long end = IsEnd ? value : long.CreateSaturating(new WindowStep(unit, Size).From(value, 1));
        return StreamTime.Later(StreamTime.FromUnitUp(end, unit), Lag ?? throw new InvalidOperationException("The bound does not tell when the window closes."));
    }
}
