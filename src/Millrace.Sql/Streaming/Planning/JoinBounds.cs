using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>When a row of one side of a join can have no more matches.</summary>
/// <param name="Column">A timestamp of the side's rows.</param>
/// <param name="Lag">
/// Microseconds by which the watermark has to be past that time so that no row of the other side comes that matches.
/// </param>
/// <param name="LateLag">Microseconds by which the watermark is past the time of a row that is both useless and late; null where no row is late.</param>
internal sealed record JoinBound(ColumnVariable Column, long Lag, long? LateLag);

/// <summary>How far in time rows are apart that a join brings together: right time minus left time, in microseconds.</summary>
/// <param name="Least">At least so far; <see cref="long.MinValue"/> for any.</param>
/// <param name="Most">At most so far; <see cref="long.MaxValue"/> for any.</param>
internal readonly record struct JoinDistance(long Least, long Most)
{
    public static JoinDistance Any { get; } = new(long.MinValue, long.MaxValue);
}

/// <summary>
/// What the watermark says of the rows that a join keeps. Where the condition bounds how far the times of both sides are
/// apart (an interval join), or equates bounds of windows (a window join), rows become useless with time.
/// </summary>
/// <param name="Left">When left rows are useless; null for never.</param>
/// <param name="Right">The same of right rows.</param>
internal sealed record JoinBounds(JoinBound? Left, JoinBound? Right)
{
    /// <summary>The times of an interval join; null for other joins.</summary>
    public (ColumnVariable Left, ColumnVariable Right)? Times { get; init; }

    /// <summary>How far they may be apart; other pairs of rows do not match.</summary>
    public JoinDistance Distance { get; init; } = JoinDistance.Any;

    /// <summary>The parts of the condition that <see cref="Distance"/> says in full.</summary>
    public IReadOnlyList<BoundExpression> Implied { get; init; } = [];

    public static JoinBounds None { get; } = new(null, null);

    /// <summary>What is known of a join.</summary>
    public static JoinBounds Of(LogicalJoin join)
    {
        if (!EventTimes.HasWatermark(join))
        {
            return None;
        }

        if (join.Kind is LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft)
        {
            return OfNearest(join) ?? None;
        }

        return OfWindows(join) ?? OfInterval(join) ?? None;
    }

    private static JoinBounds? OfWindows(LogicalJoin join)
    {
        if (WindowBounds.LagOfWindowJoin(join) is not { } lag || !EventTimes.HasWatermark(join.Left) || !EventTimes.HasWatermark(join.Right))
        {
            return null;
        }

        foreach (JoinComparison key in JoinParts.Of(join).Keys)
        {
            if (WindowBounds.Column(key.Left) is { } left && WindowBounds.Column(key.Right) is { } right
                && WindowBounds.Of(join.Left, left) is { Closes: true } bound && WindowBounds.Of(join.Right, right) is { Closes: true })
            {
                // Of a window that ends at the watermark no more rows come.
                long behind = StreamTime.Later(lag, (bound.IsEnd ? 0 : EventTimes.LengthOf(bound)) - (left.Type.Unit == TimeUnit.Nanosecond ? 0 : 1));
                return new JoinBounds(new JoinBound(left, behind, behind), new JoinBound(right, behind, behind));
            }
        }

        return null;
    }

    private static JoinBounds? OfInterval(LogicalJoin join)
    {
        var distances = TimeDistances.Of(join);
        if (distances.FirstOrDefault(d => Lag(join.Left, d.Left) is not null || Lag(join.Right, d.Right) is not null) is not { } first)
        {
            return null;
        }

        TimeDistance[] same = [.. distances.Where(d => ReferenceEquals(d.Left, first.Left) && ReferenceEquals(d.Right, first.Right))];
        var distance = new JoinDistance(same.Max(d => d.Distance.Least), same.Min(d => d.Distance.Most));

        // A right row matches left rows as late as its own time less the least distance; a left one right rows up to the most.
        (long? ofLeft, long? ofRight) = (Lag(join.Left, first.Left), Lag(join.Right, first.Right));
        JoinBound? left = distance.Most != long.MaxValue && ofRight is { } rightLag ? BoundOf(first.Left, StreamTime.Later(distance.Most, rightLag), ofLeft) : null;
        JoinBound? right = distance.Least != long.MinValue && ofLeft is { } leftLag ? BoundOf(first.Right, StreamTime.Earlier(leftLag, distance.Least), ofRight) : null;
        return new JoinBounds(left, right)
        {
            Times = (first.Left, first.Right),
            Distance = distance,
            Implied = [.. same.Where(d => d.IsExact).Select(d => d.Condition)],
        };
    }

    // A left row is answered when no more versions come that are as old as it is, and is needed no longer then; an older
    // version when no more left rows come either.
    private static JoinBounds? OfNearest(LogicalJoin join)
    {
        if (JoinParts.Of(join).Nearest(join) is not { Operator: CompareOperator.Greater or CompareOperator.GreaterOrEqual } nearest
            || WindowBounds.Column(nearest.Left) is not { } left || WindowBounds.Column(nearest.Right) is not { } right
            || left.Type.Unit == TimeUnit.Nanosecond || right.Type.Unit == TimeUnit.Nanosecond || Lag(join.Right, right) is not { } ofRight)
        {
            return null;
        }

        long? ofLeft = Lag(join.Left, left);
        long all = Math.Max(ofRight, ofLeft ?? 0);
        return new JoinBounds(new JoinBound(left, all, ofLeft is null ? null : all), ofLeft is null ? null : new JoinBound(right, all, ofRight)) { Times = (left, right) };
    }

    private static JoinBound BoundOf(ColumnVariable column, long lag, long? own) => new(column, lag, own is { } late ? Math.Max(lag, late) : null);

    private static long? Lag(LogicalPlan plan, ColumnVariable column) => EventTimes.HasWatermark(plan) ? EventTimes.LagOf(plan, new BoundColumn(column)) : null;
}
