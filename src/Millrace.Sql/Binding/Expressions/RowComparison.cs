using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>
/// Comparison of rows that are written out, as the standard has it: equal if all values are, unequal if one pair is; the
/// first pair that differs decides on the order.
/// </summary>
internal static class RowComparison
{
    public static BoundExpression Compare(CompareOperator comparison, IReadOnlyList<BoundExpression> left, IReadOnlyList<BoundExpression> right, TextSpan span)
    {
        if (left.Count != right.Count)
        {
            throw BindingErrors.ColumnCount($"Rows of {left.Count} and of {right.Count} values cannot be compared.", span);
        }

        switch (comparison)
        {
            case CompareOperator.Equal or CompareOperator.NotDistinctFrom:
                return Join(true, left.Zip(right, (l, r) => OperatorBinder.Compare(comparison, l, r, span)), span);
            case CompareOperator.NotEqual or CompareOperator.DistinctFrom:
                return Join(false, left.Zip(right, (l, r) => OperatorBinder.Compare(comparison, l, r, span)), span);
            default:
                CompareOperator strict = comparison is CompareOperator.Less or CompareOperator.LessOrEqual ? CompareOperator.Less : CompareOperator.Greater;
                BoundExpression result = OperatorBinder.Compare(comparison, left[^1], right[^1], span);
                for (int i = left.Count - 2; i >= 0; i--)
                {
                    BoundExpression equal = OperatorBinder.Compare(CompareOperator.Equal, left[i], right[i], span);
                    result = Join(false, [OperatorBinder.Compare(strict, left[i], right[i], span), Join(true, [equal, result], span)], span);
                }

                return result;
        }
    }

    private static BoundExpression Join(bool and, IEnumerable<BoundExpression> parts, TextSpan span)
    {
        BoundExpression[] all = [.. parts];
        return all.Length == 1 ? all[0] : new BoundLogic(and, all) { Span = span };
    }
}
