using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>A part of a join's condition that bounds how far timestamps of both sides are apart.</summary>
/// <param name="Left">A timestamp of left rows.</param>
/// <param name="Right">A timestamp of right rows.</param>
/// <param name="Distance">How far apart at most; further pairs do not fulfil the condition.</param>
/// <param name="IsExact">Whether all others do.</param>
/// <param name="Condition">The part.</param>
internal sealed record TimeDistance(ColumnVariable Left, ColumnVariable Right, JoinDistance Distance, bool IsExact, BoundExpression Condition);

/// <summary>Finds the parts of a join's condition such as <c>b.ts &lt;= a.ts + INTERVAL '5' MINUTE</c>.</summary>
internal static class TimeDistances
{
    private const long MicrosPerDay = 86_400_000_000;
    private const long MicrosPerSecond = 1_000_000;
    private const long NanosPerSecond = 1_000_000_000;

    public static List<TimeDistance> Of(LogicalJoin join)
    {
        HashSet<ColumnVariable> leftColumns = [.. join.Left.Output];
        var found = new List<TimeDistance>();
        foreach (BoundExpression part in ExpressionTree.Conjuncts(join.Condition))
        {
            if (part is not BoundComparison comparison || Moved.Of(comparison.Left) is not { } one || Moved.Of(comparison.Right) is not { } other
                || leftColumns.Contains(one.Column) == leftColumns.Contains(other.Column))
            {
                continue;
            }

            // right + other ≤ left + one is right - left ≤ one - other.
            bool swapped = leftColumns.Contains(other.Column);
            (Moved left, Moved right) = swapped ? (other, one) : (one, other);
            CompareOperator op = swapped ? comparison.Operator : ExpressionTree.Mirror(comparison.Operator);
            (long least, long most) = (Minus(left.Least, right.Most), Minus(left.Most, right.Least));
            bool isExact = left.IsExact && right.IsExact;
            JoinDistance? distance = op switch
            {
                CompareOperator.LessOrEqual => new JoinDistance(long.MinValue, most),
                CompareOperator.Less => new JoinDistance(long.MinValue, isExact && IsWhole(left, right) ? most - 1 : most),
                CompareOperator.GreaterOrEqual => new JoinDistance(least, long.MaxValue),
                CompareOperator.Greater => new JoinDistance(isExact && IsWhole(left, right) ? least + 1 : least, long.MaxValue),
                CompareOperator.Equal => new JoinDistance(least, most),
                _ => null,
            };
            if (distance is { } bounded)
            {
                found.Add(new TimeDistance(left.Column, right.Column, bounded, isExact && IsWhole(left, right) && op != CompareOperator.Equal, part));
            }
        }

        return found;
    }

    // Whether times in microseconds are all that the columns hold.
    private static bool IsWhole(Moved left, Moved right) => left.Column.Type.Unit != TimeUnit.Nanosecond && right.Column.Type.Unit != TimeUnit.Nanosecond;

    private static long Minus(long a, long b) => long.CreateSaturating((Int128)a - b);

    // A timestamp moved by an interval, which may be of no fixed length.
    private readonly record struct Moved(ColumnVariable Column, long Least, long Most, bool IsExact)
    {
        public static Moved? Of(BoundExpression expression)
        {
            switch (expression)
            {
                case BoundColumn { Type.Id: TypeId.Timestamp } column:
                    return new Moved(column.Column, 0, 0, true);
                case BoundCall { Function.Name: "+", Arguments: [var time, BoundConstant { Value: Interval length }] } when Of(time) is { } moved:
                    return moved.By(length, 1);
                case BoundCall { Function.Name: "+", Arguments: [BoundConstant { Value: Interval length }, var time] } when Of(time) is { } moved:
                    return moved.By(length, 1);
                case BoundCall { Function.Name: "-", Arguments: [var time, BoundConstant { Value: Interval length }] } when Of(time) is { } moved:
                    return moved.By(length, -1);
                default:
                    return null;
            }
        }

        private Moved By(Interval length, int sign)
        {
            // A month has 28 to 31 days, and what is finer than the column is cut.
            bool isWhole = length.Nanoseconds % (NanosPerSecond / Column.Type.Unit.PerSecond()) == 0 && length.Nanoseconds % (NanosPerSecond / MicrosPerSecond) == 0;
            Int128 fixedPart = ((Int128)length.Days * MicrosPerDay) + (length.Nanoseconds / (NanosPerSecond / MicrosPerSecond));
            Int128 slack = isWhole ? 0 : MicrosPerSecond;
            Int128 shorter = Math.Min(length.Months * 28L, length.Months * 31L) * (Int128)MicrosPerDay;
            Int128 longer = Math.Max(length.Months * 28L, length.Months * 31L) * (Int128)MicrosPerDay;
            (Int128 least, Int128 most) = (fixedPart + shorter - slack, fixedPart + longer + slack);
            if (sign < 0)
            {
                (least, most) = (-most, -least);
            }

            return new Moved(Column, long.CreateSaturating(Least + least), long.CreateSaturating(Most + most), IsExact && isWhole && length.Months == 0);
        }
    }
}
