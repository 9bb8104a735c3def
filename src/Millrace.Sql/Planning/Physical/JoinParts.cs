using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>A comparison of an expression of left columns with one of right columns.</summary>
internal readonly record struct JoinComparison(BoundExpression Left, BoundExpression Right, bool NullsMatch);

/// <summary>The inequality that a nearest match is looked for by, turned so that the left expression stands on the left.</summary>
internal readonly record struct NearestKey(BoundExpression Left, BoundExpression Right, CompareOperator Operator);

/// <summary>The condition of a join taken apart: what rows can be found by, and what is tested for each pair.</summary>
/// <param name="Keys">Equalities of both sides.</param>
/// <param name="Rest">All else; null for nothing.</param>
internal sealed record JoinParts(IReadOnlyList<JoinComparison> Keys, BoundExpression? Rest)
{
    public static JoinParts Of(LogicalJoin join)
    {
        var keys = new List<JoinComparison>();
        var rest = new List<BoundExpression>();
        HashSet<ColumnVariable> left = [.. join.Left.Output];
        HashSet<ColumnVariable> right = [.. join.Right.Output];
        foreach (BoundExpression condition in Conjuncts(join.Condition))
        {
            if (condition is BoundComparison { Operator: CompareOperator.Equal or CompareOperator.NotDistinctFrom } test && Sides(test, left, right) is { } sides)
            {
                keys.Add(new JoinComparison(sides.Left, sides.Right, test.Operator == CompareOperator.NotDistinctFrom));
            }
            else if (condition is not BoundConstant { Value: true })
            {
                rest.Add(condition);
            }
        }

        return new JoinParts(keys, rest.Count == 0 ? null : rest.Count == 1 ? rest[0] : new BoundLogic(true, rest));
    }

    /// <summary>The one inequality of a nearest match.</summary>
    public NearestKey Nearest(LogicalJoin join)
    {
        HashSet<ColumnVariable> left = [.. join.Left.Output];
        HashSet<ColumnVariable> right = [.. join.Right.Output];
        if (Rest is BoundComparison { Operator: CompareOperator.Less or CompareOperator.LessOrEqual or CompareOperator.Greater or CompareOperator.GreaterOrEqual } test
            && Sides(test, left, right) is { } sides)
        {
            return new NearestKey(sides.Left, sides.Right, ReferenceEquals(sides.Left, test.Left) ? test.Operator : Turned(test.Operator));
        }

        throw JoinErrors.NearestCondition();
    }

    private static CompareOperator Turned(CompareOperator op) => op switch
    {
        CompareOperator.Less => CompareOperator.Greater,
        CompareOperator.LessOrEqual => CompareOperator.GreaterOrEqual,
        CompareOperator.Greater => CompareOperator.Less,
        _ => CompareOperator.LessOrEqual,
    };

    private static IEnumerable<BoundExpression> Conjuncts(BoundExpression? condition) => condition switch
    {
        null => [],
        BoundLogic { And: true } all => all.Operands.SelectMany(Conjuncts),
        _ => [condition],
    };

    private static (BoundExpression Left, BoundExpression Right)? Sides(BoundComparison test, HashSet<ColumnVariable> left, HashSet<ColumnVariable> right)
        => IsOf(test.Left, left) && IsOf(test.Right, right) ? (test.Left, test.Right)
            : IsOf(test.Left, right) && IsOf(test.Right, left) ? (test.Right, test.Left)
            : null;

    private static bool IsOf(BoundExpression expression, HashSet<ColumnVariable> columns)
    {
        IReadOnlyCollection<ColumnVariable> used = ExpressionColumns.Of(expression);
        return used.Count > 0 && used.All(columns.Contains);
    }
}
