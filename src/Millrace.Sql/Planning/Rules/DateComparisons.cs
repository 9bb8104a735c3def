using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// A date that is compared with a constant timestamp is compared as a date with the day, so that scans can leave rows out by
/// it and no row is converted: <c>d &lt; DATE '1995-01-01' + INTERVAL '1' MONTH</c>.
/// </summary>
internal static class DateComparisons
{
    private const long SecondsPerDay = 86_400;

    public static BoundExpression Simplify(BoundComparison comparison)
    {
        if (comparison is not { Left: BoundCast { Try: false, Operand: { Type.Id: TypeId.Date } date, Type: { Id: TypeId.Timestamp, TimeZone: null } type }, Right: BoundConstant { Value: long instant } right })
        {
            return comparison;
        }

        long perDay = SecondsPerDay * type.Unit.PerSecond();
        long day = Math.DivRem(instant, perDay, out long rest);
        day -= rest < 0 ? 1 : 0;
        CompareOperator? comparing = (comparison.Operator, rest == 0) switch
        {
            (var same, true) => same,

            // The day has begun: dates up to it are less, and those behind it greater.
            (CompareOperator.Less or CompareOperator.LessOrEqual, false) => CompareOperator.LessOrEqual,
            (CompareOperator.Greater or CompareOperator.GreaterOrEqual, false) => CompareOperator.Greater,
            _ => null,
        };
        return comparing is { } compare && day is >= int.MinValue and <= int.MaxValue
            ? comparison with { Operator = compare, Left = date, Right = new BoundConstant(DataType.Date, (int)day) { Span = right.Span } }
            : comparison;
    }
}
