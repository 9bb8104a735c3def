using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary><c>IN</c> with constants.</summary>
internal sealed class InEvaluator : Evaluator
{
    private readonly Evaluator _operand;
    private readonly bool _hasNull;
    private readonly ValueSet _set;

    /// <summary>Takes over the operand.</summary>
    public InEvaluator(Evaluator operand, IReadOnlyList<BoundConstant> values)
        : base(DataType.Boolean)
    {
        _operand = operand;
        object[] known = [.. values.Select(v => v.Value).OfType<object>()];
        _hasNull = known.Length < values.Count;
        DataType type = operand.Type.Id == TypeId.Dictionary ? operand.Type.DictionaryValue : operand.Type;
        using Column constants = ConstantColumn.CreateRows(type, known);
        _set = ValueSet.Create(constants);
    }

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = _operand.Evaluate(batch, faults);
        using BooleanColumn found = _set.Contains(source.Column);

        // With a null among the values, what is not found might equal it.
        return new Vector(_hasNull ? found.WithNulls(found.Values) : found.Share(), source.IsConstant);
    }

    public override void Dispose()
    {
        _operand.Dispose();
        _set.Dispose();
    }
}
