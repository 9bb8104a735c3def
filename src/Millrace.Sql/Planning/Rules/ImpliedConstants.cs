using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>What follows from <c>a = b AND a = 5</c>: that <c>b = 5</c>, by which the other table can leave rows out too.</summary>
internal static class ImpliedConstants
{
    public static IReadOnlyList<BoundExpression> Of(IReadOnlyList<BoundExpression> conditions)
    {
        var implied = new List<BoundExpression>();
        (ColumnVariable, ColumnVariable)[] equal = [.. conditions.OfType<BoundComparison>()
            .Where(c => c.Operator == CompareOperator.Equal)
            .Select(c => c is { Left: BoundColumn left, Right: BoundColumn right } ? (left.Column, right.Column) : default)
            .Where(p => p.Item1 is not null)];
        if (equal.Length == 0 || equal.Length > 100)
        {
            return implied;
        }

        foreach (BoundComparison known in conditions.OfType<BoundComparison>().Where(c => c is { Left: BoundColumn, Right: BoundConstant, Operator: not (CompareOperator.NotEqual or CompareOperator.DistinctFrom) }))
        {
            ColumnVariable column = ((BoundColumn)known.Left).Column;
            foreach ((ColumnVariable left, ColumnVariable right) in equal)
            {
                ColumnVariable? other = left == column ? right : right == column ? left : null;
                BoundExpression? copy = other is null ? null : known with { Left = new BoundColumn(other) { Span = known.Span } };
                if (copy is not null && !conditions.Contains(copy, ExpressionComparer.Instance) && !implied.Contains(copy, ExpressionComparer.Instance))
                {
                    implied.Add(copy);
                }
            }
        }

        return implied;
    }
}
