using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Whether a condition fails when certain columns are null: then rows that an outer join fills with nulls are of no use.</summary>
internal static class NullRejection
{
    public static bool Rejects(BoundExpression condition, IReadOnlyCollection<ColumnVariable> columns) => condition switch
    {
        BoundLogic { And: true } and => and.Operands.Any(o => Rejects(o, columns)),
        BoundLogic or => or.Operands.All(o => Rejects(o, columns)),
        BoundComparison { Operator: not (CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom) } c => IsNull(c.Left, columns) || IsNull(c.Right, columns),
        BoundComparison { Operator: CompareOperator.NotDistinctFrom, Right: BoundConstant { Value: not null } } c => IsNull(c.Left, columns),
        BoundIsNull { Negated: true } test => IsNull(test.Operand, columns),
        BoundIn { Values: var values } test => values.Count > 0 && IsNull(test.Operand, columns),
        BoundNot not => IsNull(not.Operand, columns),
        BoundColumn column => columns.Contains(column.Column),
        _ => false,
    };

    // Whether the expression is null when the columns are.
    private static bool IsNull(BoundExpression expression, IReadOnlyCollection<ColumnVariable> columns) => expression switch
    {
        BoundColumn column => columns.Contains(column.Column),
        BoundCast cast => IsNull(cast.Operand, columns),
        BoundNot not => IsNull(not.Operand, columns),
        BoundField field => IsNull(field.Operand, columns),
        BoundCall { Overload.SeesNulls: false } call => call.Arguments.Any(a => IsNull(a, columns)),
        BoundComparison { Operator: not (CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom) } c => IsNull(c.Left, columns) || IsNull(c.Right, columns),
        BoundIn test => test.Values.Count > 0 && IsNull(test.Operand, columns),
        _ => false,
    };
}
