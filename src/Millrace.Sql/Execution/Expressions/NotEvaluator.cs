using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>NOT</c>.</summary>
internal sealed class NotEvaluator(Evaluator operand) : Evaluator(DataType.Boolean)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = operand.Evaluate(batch, faults);
        return new Vector(Logic.Not((BooleanColumn)source.Column), source.IsConstant);
    }

    public override void Dispose() => operand.Dispose();
}
