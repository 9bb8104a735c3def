using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A field of a struct; null where the struct is.</summary>
internal sealed class FieldEvaluator(DataType type, Evaluator operand, int field) : Evaluator(type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = operand.Evaluate(batch, faults);
        Column values = ((StructColumn)source.Column).Fields[field];
        return new Vector(source.Column.HasNulls ? values.WithNulls(source.Column.Validity) : values.Share(), source.IsConstant);
    }

    public override void Dispose() => operand.Dispose();
}
