using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A constant.</summary>
/// <param name="value">One row; the evaluator takes it over.</param>
internal sealed class ConstantEvaluator(Column value) : Evaluator(value.Type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults) => new(value.Share(), IsConstant: true);

    public override void Dispose() => value.Dispose();
}
