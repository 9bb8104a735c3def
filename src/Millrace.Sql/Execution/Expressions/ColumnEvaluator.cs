using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A column of the batch.</summary>
internal sealed class ColumnEvaluator(DataType type, int column) : Evaluator(type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults) => new(batch[column].Share());
}
