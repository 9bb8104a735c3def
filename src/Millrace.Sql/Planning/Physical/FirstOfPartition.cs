using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Finds conditions such as <c>row_number() OVER (PARTITION BY … ORDER BY …) &lt;= 3</c>: of each partition only the first rows
/// are wanted, and the window need not keep the others.
/// </summary>
internal static class FirstOfPartition
{
    // More rows than that are not taken for few.
    private const long MaxRows = 10_000;

    /// <summary>How many rows of each partition a condition over a window lets pass; null if it may be all.</summary>
    public static int? Of(BoundExpression condition, LogicalWindow window)
    {
        if (!window.Calls.All(c => c.Call is { Function.Name: "row_number", Aggregate: null }))
        {
            return null;
        }

        long rows = MaxRows + 1;
        foreach (BoundExpression each in ExpressionTree.Conjuncts(condition))
        {
            if (each is BoundComparison { Left: BoundColumn column, Right: BoundConstant { Value: long most } } test && window.Calls.Any(c => c.Variable == column.Column))
            {
                rows = Math.Min(rows, test.Operator switch
                {
                    CompareOperator.Equal or CompareOperator.LessOrEqual => Math.Max(most, 0),
                    CompareOperator.Less => Math.Max(most, 1) - 1,
                    _ => rows,
                });
            }
        }

        return rows <= MaxRows ? (int)rows : null;
    }
}
