using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A comparison of two values of one type.</summary>
internal sealed class ComparisonEvaluator(CompareOperator op, Evaluator left, Evaluator right) : Evaluator(DataType.Boolean)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector a = left.Evaluate(batch, faults);
        using Vector b = right.Evaluate(batch, faults);
        if (a.IsConstant == b.IsConstant)
        {
            return new Vector(Compare.Columns(a.Column, op, b.Column), a.IsConstant);
        }

        return new Vector(b.IsConstant ? Compare.Constant(a.Column, op, b.Column) : Compare.Constant(b.Column, Swap(op), a.Column));
    }

    public override void Dispose()
    {
        left.Dispose();
        right.Dispose();
    }

    private static CompareOperator Swap(CompareOperator op) => op switch
    {
        CompareOperator.Less => CompareOperator.Greater,
        CompareOperator.LessOrEqual => CompareOperator.GreaterOrEqual,
        CompareOperator.Greater => CompareOperator.Less,
        CompareOperator.GreaterOrEqual => CompareOperator.LessOrEqual,
        _ => op,
    };
}
