using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>IS NULL</c> and <c>IS NOT NULL</c>.</summary>
internal sealed class IsNullEvaluator(Evaluator operand, bool negated) : Evaluator(DataType.Boolean)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = operand.Evaluate(batch, faults);
        return new Vector(negated ? Logic.IsNotNull(source.Column) : Logic.IsNull(source.Column), source.IsConstant);
    }

    public override void Dispose() => operand.Dispose();
}
