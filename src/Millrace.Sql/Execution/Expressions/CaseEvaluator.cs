using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary><c>CASE</c>. Conditions and values are asked only in the rows that come to them.</summary>
/// <param name="type">Type of the values.</param>
/// <param name="conditions">Taken over.</param>
/// <param name="values">One for each condition and the one where none is true; taken over.</param>
internal sealed class CaseEvaluator(DataType type, Branch[] conditions, Branch[] values) : Evaluator(type)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using var undecided = RowMask.Copy(faults.Active, batch.Length);
        using var pieces = new Pieces(Type, batch.Length);
        int count = undecided.Count();
        for (int i = 0; i < conditions.Length && count > 0; i++)
        {
            using PartialVector condition = conditions[i].Evaluate(batch, undecided, count, faults);
            RowMask taken = undecided.Where(condition);
            undecided.Remove(taken);
            count -= Add(values[i], batch, taken, pieces, faults);
        }

        if (count > 0)
        {
            Add(values[^1], batch, RowMask.Copy(undecided.Bits, batch.Length), pieces, faults);
        }

        return pieces.Build(faults.Active);
    }

    public override void Dispose()
    {
        foreach (Branch branch in conditions.Concat(values))
        {
            branch.Dispose();
        }
    }

    // Takes the mask over. Returns how many rows it has.
    private static int Add(Branch branch, RecordBatch batch, RowMask rows, Pieces pieces, RowFaults faults)
    {
        int count = rows.Count();
        PartialVector values;
        try
        {
            if (count == 0)
            {
                rows.Dispose();
                return 0;
            }

            values = branch.Evaluate(batch, rows, count, faults);
        }
        catch
        {
            rows.Dispose();
            throw;
        }

        pieces.Add(values, rows);
        return count;
    }
}
