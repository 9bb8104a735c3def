using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>Follows columns of plans down to the windows of event time whose bounds they hold.</summary>
public static class WindowBounds
{
    /// <summary>What a column of a plan's output says of a window; null if it holds no bound.</summary>
    public static WindowBound? Of(LogicalPlan plan, ColumnVariable column)
    {
        switch (plan)
        {
            case LogicalTimeWindow window when ReferenceEquals(column, window.WindowStart) || ReferenceEquals(column, window.WindowEnd):
                return new WindowBound(ReferenceEquals(column, window.WindowEnd), window.Kind, window.Size, window.Advance, window, EventTimes.LagOf(window.Input, window.Time));
            case LogicalProject project:
                return Find(project.Columns, column) is { } assigned ? Of(project.Input, assigned) : null;
            case LogicalAggregate { Sets: null } aggregate:
                return Find(aggregate.Keys, column) is { } key ? Of(aggregate.Input, key) : null;
            case LogicalUnion union:
                return OfParts(union.Parts, union.Columns.ToList().IndexOf(column));
            case LogicalSetOperation operation:
                return OfParts(operation.Inputs, operation.Columns.ToList().IndexOf(column));
            case LogicalJoin join:
                return OfJoin(join, column);
            case LogicalFilter or LogicalUnnest or LogicalSeries or LogicalTimeWindow or LogicalSort { Input: not LogicalLimit }:
                return Holds(plan.Inputs[0], column) ? Of(plan.Inputs[0], column) : null;
            case LogicalWindow or LogicalDistinctOn or LogicalLimit:
                // What they leave out or number may change with rows of later windows.
                return Holds(plan.Inputs[0], column) ? Of(plan.Inputs[0], column) is { } bound && IsPartitionedBy(plan, column) ? bound : Open(Of(plan.Inputs[0], column)) : null;
            default:
                return null;
        }
    }

    /// <summary>The column that an expression is; null for any other expression.</summary>
    internal static ColumnVariable? Column(BoundExpression expression) => (expression as BoundColumn)?.Column;

    /// <summary>The watermark from which no pair of rows of a join comes later for a window; null if it does not join windows.</summary>
    /// <remarks>A join of windows demands that a bound of the left rows equals the same bound of windows of the same kind of the right rows.</remarks>
    public static long? LagOfWindowJoin(LogicalJoin join)
    {
        foreach (BoundExpression part in ExpressionTree.Conjuncts(join.Condition))
        {
            if (part is not BoundComparison { Operator: CompareOperator.Equal } equal || Column(equal.Left) is not { } one || Column(equal.Right) is not { } other)
            {
                continue;
            }

            (ColumnVariable left, ColumnVariable right) = Holds(join.Left, one) ? (one, other) : (other, one);
            if (Holds(join.Left, left) && Holds(join.Right, right)
                && Of(join.Left, left) is { Closes: true } ofLeft && Of(join.Right, right) is { Closes: true } ofRight && ofLeft.IsLike(ofRight))
            {
                return Math.Max(ofLeft.Lag!.Value, ofRight.Lag!.Value);
            }
        }

        return null;
    }

    private static bool Holds(LogicalPlan plan, ColumnVariable column) => plan.Output.Any(c => ReferenceEquals(c, column));

    private static ColumnVariable? Find(IReadOnlyList<Assignment> columns, ColumnVariable column)
        => columns.FirstOrDefault(c => ReferenceEquals(c.Variable, column)) is { } found ? Column(found.Expression) : null;

    private static WindowBound? Open(WindowBound? bound) => bound is null ? null : bound with { Lag = null };

    private static bool IsPartitionedBy(LogicalPlan plan, ColumnVariable column) => plan switch
    {
        LogicalWindow window => window.PartitionBy.Any(p => ReferenceEquals(Column(p), column)),
        LogicalDistinctOn distinct => distinct.Keys.Any(p => ReferenceEquals(Column(p), column)),
        _ => false,
    };

    private static WindowBound? OfParts(IReadOnlyList<LogicalPlan> parts, int number)
    {
        if (number < 0)
        {
            return null;
        }

        WindowBound?[] bounds = [.. parts.Select(p => Of(p, p.Output[number]))];
        if (bounds[0] is not { } first || !Array.TrueForAll(bounds, b => b is not null && b.IsLike(first)))
        {
            return null;
        }

        long? lag = Array.TrueForAll(bounds, b => b!.Lag is not null) && EventTimes.AgreeOnWatermarks(parts) ? bounds.Max(b => b!.Lag) : null;
        return first with { Window = null, Lag = lag };
    }

    private static WindowBound? OfJoin(LogicalJoin join, ColumnVariable column)
    {
        LogicalPlan? side = join.Inputs.FirstOrDefault(i => Holds(i, column));
        return side is null || Of(side, column) is not { } bound ? null : EventTimes.FollowsSide(join, side) ? bound : bound with { Lag = LagOfWindowJoin(join) is { } lag ? Math.Max(lag, bound.Lag ?? lag) : null };
    }
}
