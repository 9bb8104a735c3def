using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary><c>IN</c> with constants: few are compared one after the other, many looked up by hash.</summary>
internal sealed unsafe class InEvaluator : Evaluator
{
    private const int MaxCompared = 8;

    private readonly Evaluator _operand;
    private readonly bool _hasNull;
    private readonly Column[] _values;
    private readonly ValueSet? _set;

    /// <summary>Takes over the operand.</summary>
    public InEvaluator(Evaluator operand, IReadOnlyList<BoundConstant> values)
        : base(DataType.Boolean)
    {
        _operand = operand;
        BoundConstant[] known = [.. values.Where(v => v.Value is not null)];
        _hasNull = known.Length < values.Count;
        DataType type = operand.Type.Id == TypeId.Dictionary ? operand.Type.DictionaryValue : operand.Type;
        if (known.Length > MaxCompared)
        {
            _values = [];
            _set = ValueSet.Create(type, known.Select(v => v.Value));
        }
        else
        {
            _values = Array.ConvertAll(known, v => ConstantColumn.Create(type, v.Value));
        }
    }

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = _operand.Evaluate(batch, faults);
        BooleanColumn found = _set is null ? Compared(source.Column) : _set.Contains(source.Column);
        using (found)
        {
            // With a null among the values, what is not found might equal it.
            using Column valid = source.Column.HasNulls ? found.WithNulls(source.Column.Validity) : found.Share();
            return new Vector(_hasNull ? valid.WithNulls(found.Values) : valid.Share(), source.IsConstant);
        }
    }

    public override void Dispose()
    {
        _operand.Dispose();
        _set?.Dispose();
        foreach (Column value in _values)
        {
            value.Dispose();
        }
    }

    private BooleanColumn Compared(Column column)
    {
        NativeBuffer memory = KernelMemory.RentBits(column.Length);
        memory.Span.Clear();
        var words = (ulong*)memory.Pointer;
        foreach (Column value in _values)
        {
            using BooleanColumn equal = Compare.Constant(column, CompareOperator.Equal, value);
            for (int at = 0; at < column.Length; at += 64)
            {
                words[at >> 6] |= equal.Values.Word(at);
            }
        }

        return new BooleanColumn(column.Length, memory);
    }
}
