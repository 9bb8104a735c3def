using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>
/// An expression that is asked for in some rows only. Where these are few, they are copied out first, unless the expression
/// costs less than that; otherwise it is computed for all rows and its faults count in the chosen ones.
/// </summary>
internal sealed class Branch : IDisposable
{
    private readonly Evaluator _evaluator;
    private readonly int[] _columns;
    private readonly Schema _schema;
    private readonly bool _isCheap;
    private readonly RowFaults _packedFaults = new();

    public Branch(BoundExpression expression, Layout layout, EvaluationContext context)
    {
        ColumnVariable[] variables = [.. ExpressionColumns.Of(expression)];
        var own = new Layout(variables);
        _evaluator = ExpressionCompiler.CompileFolded(expression, own, context);
        _columns = Array.ConvertAll(variables, v => layout[v]);
        _schema = own.ToSchema();
        _isCheap = ExpressionCost.IsCheap(expression);
    }

    public DataType Type => _evaluator.Type;

    /// <summary>The values in the rows of a mask.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="rows">Not empty.</param>
    /// <param name="count">Ones of <paramref name="rows"/>.</param>
    /// <param name="faults">Gets faults of those rows.</param>
    public PartialVector Evaluate(RecordBatch batch, RowMask rows, int count, RowFaults faults)
        => _isCheap || count > batch.Length - (batch.Length >> 2) ? Whole(batch, rows, faults) : Packed(batch, rows, count, faults);

    public void Dispose() => _evaluator.Dispose();

    private PartialVector Whole(RecordBatch batch, RowMask rows, RowFaults faults)
    {
        Bitmap before = faults.Active;
        faults.Active = rows.Bits;
        try
        {
            using var own = new RecordBatch(_schema, batch.Length, Columns(batch, default, share: true));
            return new PartialVector(_evaluator.Evaluate(own, faults), IsPacked: false);
        }
        finally
        {
            faults.Active = before;
        }
    }

    private PartialVector Packed(RecordBatch batch, RowMask rows, int count, RowFaults faults)
    {
        _packedFaults.Clear();
        using var own = new RecordBatch(_schema, count, Columns(batch, rows.Bits, share: false));
        Vector values = _evaluator.Evaluate(own, _packedFaults);
        if (_packedFaults.Any)
        {
            int[] numbers = Numbers(rows, count);
            foreach (RowFault fault in _packedFaults.All)
            {
                faults.Add(fault with { Row = numbers[fault.Row] });
            }
        }

        return new PartialVector(values, IsPacked: true);
    }

    private Column[] Columns(RecordBatch batch, Bitmap rows, bool share)
    {
        var columns = new Column[_columns.Length];
        int made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                Column source = batch[_columns[made]];
                columns[made] = share ? source.Share() : Filter.Apply(source, rows);
            }
        }
        catch
        {
            foreach (Column column in columns.AsSpan(0, made))
            {
                column.Dispose();
            }

            throw;
        }

        return columns;
    }

    private static int[] Numbers(RowMask rows, int count)
    {
        var numbers = new int[count];
        int at = 0;
        foreach (int row in new RowNumbers(rows))
        {
            numbers[at++] = row;
        }

        return numbers;
    }
}
