using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>Tells what the watermark says of times in the rows of a plan.</summary>
internal static class EventTimes
{
    /// <summary>Whether any table under a plan has a watermark. Where none has, all is complete only at the end.</summary>
    public static bool HasWatermark(LogicalPlan plan) => plan is LogicalScan scan ? scan.Table.Watermark is not null : plan.Inputs.Any(HasWatermark);

    /// <summary>Whether the rows of all parts come under one watermark: constant rows are there from the start.</summary>
    public static bool AgreeOnWatermarks(IReadOnlyList<LogicalPlan> parts)
        => parts.Where(HasScan).Select(HasWatermark).Distinct().Count() <= 1;

    /// <summary>
    /// Microseconds by which the watermark has to be ahead of a time so that no row with that time or an earlier one comes; null
    /// if the watermark says nothing of it.
    /// </summary>
    /// <param name="plan">The rows.</param>
    /// <param name="time">A timestamp over their columns.</param>
    public static long? LagOf(LogicalPlan plan, BoundExpression time)
        => !HasWatermark(plan) ? 0 : WindowBounds.Column(time) is { } column ? LagOf(plan, column) : null;

    /// <summary>A table under a plan of which reading never ends; null if there is none.</summary>
    public static Catalog.ISqlTable? FindUnbounded(LogicalPlan plan)
        => plan is LogicalScan scan ? (scan.Table.IsUnbounded ? scan.Table : null) : plan.Inputs.Select(FindUnbounded).FirstOrDefault(t => t is not null);

    /// <summary>
    /// Whether a join gives rows only with rows of a side as soon as there is a watermark: all of the other side has come then,
    /// and none of it is given by itself.
    /// </summary>
    public static bool FollowsSide(LogicalJoin join, LogicalPlan side)
        => ReferenceEquals(side, join.Left)
            ? IsWhole(join.Right) && join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Left or LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark
            : IsWhole(join.Left) && join.Kind is LogicalJoinKind.Inner or LogicalJoinKind.Right;

    // Tables that end and have no watermark hold that of the others back until their end.
    private static bool IsWhole(LogicalPlan plan) => !HasWatermark(plan) && FindUnbounded(plan) is null;

    private static bool HasScan(LogicalPlan plan) => plan is LogicalScan || plan.Inputs.Any(HasScan);

    private static long? LagOf(LogicalPlan plan, ColumnVariable column)
    {
        if (WindowBounds.Of(plan, column) is { } bound)
        {
            // A row with the bound may come until its window closes.
            return bound.Closes ? StreamTime.Later(bound.Lag!.Value, bound.IsEnd ? 0 : LengthOf(bound)) : null;
        }

        switch (plan)
        {
            case LogicalScan scan:
                string? name = scan.Columns.FirstOrDefault(c => ReferenceEquals(c.Variable, column))?.Name;
                return scan.Table.Watermark is { } watermark && name is not null && string.Equals(watermark.Column, name, StringComparison.OrdinalIgnoreCase) ? 0 : null;
            case LogicalProject project:
                return project.Columns.FirstOrDefault(c => ReferenceEquals(c.Variable, column)) is { Expression: BoundColumn source } ? LagOf(project.Input, source.Column) : null;
            case LogicalFilter or LogicalUnnest or LogicalSeries or LogicalTimeWindow { Kind: not Parsing.TimeWindowKind.Session }:
                return LagOf(plan.Inputs[0], column);
            case LogicalUnion union when AgreeOnWatermarks(union.Parts):
                int number = union.Columns.ToList().IndexOf(column);
                long?[] lags = [.. union.Parts.Where(HasScan).Select(p => LagOf(p, p.Output[number]))];
                return Array.TrueForAll(lags, l => l is not null) ? lags.Max() : null;
            case LogicalJoin join:
                return LagOfJoin(join, column);
            default:
                return null;
        }
    }

    // A row may come again with each row of the other side, until the join needs it no more.
    private static long? LagOfJoin(LogicalJoin join, ColumnVariable column)
    {
        JoinBounds bounds = JoinBounds.Of(join);
        bool isLeft = join.Left.Output.Any(c => ReferenceEquals(c, column));
        if (FollowsSide(join, isLeft ? join.Left : join.Right))
        {
            return LagOf(isLeft ? join.Left : join.Right, column);
        }

        return (isLeft ? bounds.Left : bounds.Right) is { } bound && ReferenceEquals(bound.Column, column) && LagOf(isLeft ? join.Left : join.Right, column) is { } lag
            ? Math.Max(lag, bound.Lag)
            : null;
    }

    // Months are no fixed time: the longest they can be.
    internal static long LengthOf(WindowBound bound)
        => bound.Size.Months > 0
            ? StreamTime.Later(0, bound.Size.Months * 31L * MicrosPerDay)
            : long.CreateSaturating(TimeSteps.Units(Columnar.TimeUnit.Microsecond, bound.Size));

    private const long MicrosPerDay = 86_400_000_000;
}
