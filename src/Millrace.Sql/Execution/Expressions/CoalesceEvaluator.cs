using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>COALESCE</c>. An operand is asked in the rows where all before it are null.</summary>
/// <param name="type">Type of the values.</param>
/// <param name="operands">Taken over.</param>
internal sealed class CoalesceEvaluator(DataType type, Branch[] operands) : Evaluator(type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using var undecided = RowMask.Copy(faults.Active, batch.Length);
        using var pieces = new Pieces(Type, batch.Length);
        foreach (Branch operand in operands)
        {
            int count = undecided.Count();
            if (count == 0)
            {
                break;
            }

            PartialVector values = operand.Evaluate(batch, undecided, count, faults);
            RowMask asked = RowMask.Copy(undecided.Bits, batch.Length);
            pieces.Add(values, asked);

            // What is null here stays so unless a later operand has a value for it.
            using RowMask found = asked.WhereNotNull(values);
            undecided.Remove(found);
        }

        return pieces.Build(faults.Active);
    }

    public override void Dispose()
    {
        foreach (Branch operand in operands)
        {
            operand.Dispose();
        }
    }
}
