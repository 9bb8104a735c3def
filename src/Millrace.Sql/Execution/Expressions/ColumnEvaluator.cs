using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A column of the batch.</summary>
/// <param name="type">Type of the values.</param>
/// <param name="column">Its number.</param>
/// <param name="keepsEncoding">Whether whoever asks can use a column that a source gave as a dictionary.</param>
internal sealed class ColumnEvaluator(DataType type, int column, bool keepsEncoding) : Evaluator(type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
        => new(keepsEncoding ? batch[column].Share() : Dictionaries.Decode(batch[column], Type));
}
