using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// <c>AND</c> and <c>OR</c>. An operand is asked in the rows that those before it have not decided, and not at all if there
/// are none.
/// </summary>
/// <param name="and">Whether false decides; otherwise true does.</param>
/// <param name="operands">Taken over.</param>
internal sealed unsafe class LogicEvaluator(bool and, Branch[] operands) : Evaluator(DataType.Boolean)
{
    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using var undecided = RowMask.Copy(faults.Active, batch.Length);
        using var decided = RowMask.None(batch.Length);
        using var unknown = RowMask.None(batch.Length);
        foreach (Branch operand in operands)
        {
            int count = undecided.Count();
            if (count == 0)
            {
                break;
            }

            using PartialVector values = operand.Evaluate(batch, undecided, count, faults);
            Decide(values, undecided, decided, unknown);
        }

        return new Vector(Result(decided, unknown));
    }

    public override void Dispose()
    {
        foreach (Branch operand in operands)
        {
            operand.Dispose();
        }
    }

    private void Decide(PartialVector values, RowMask undecided, RowMask decided, RowMask unknown)
    {
        ulong flip = and ? ulong.MaxValue : 0;
        var bits = new PartialBits(values, undecided);
        for (int i = 0; i < undecided.WordCount; i++)
        {
            bits.Next(out ulong value, out ulong valid);
            ulong asked = undecided.Words[i];
            ulong decisive = (value ^ flip) & valid & asked;
            decided.Words[i] |= decisive;
            unknown.Words[i] |= asked & ~valid;
            undecided.Words[i] = asked & ~decisive;
        }
    }

    private BooleanColumn Result(RowMask decided, RowMask unknown)
    {
        ulong flip = and ? ulong.MaxValue : 0;
        int rows = decided.Rows;
        NativeBuffer values = KernelMemory.RentBits(rows);
        NativeBuffer validity = KernelMemory.RentBits(rows);
        int nulls = 0;
        for (int i = 0; i < decided.WordCount; i++)
        {
            ulong isNull = unknown.Words[i] & ~decided.Words[i];
            ((ulong*)values.Pointer)[i] = (decided.Words[i] ^ flip) & ~isNull;
            ((ulong*)validity.Pointer)[i] = ~isNull;
            nulls += System.Numerics.BitOperations.PopCount(isNull);
        }

        if (nulls > 0)
        {
            return new BooleanColumn(rows, values, validity, nullCount: nulls);
        }

        validity.Dispose();
        return new BooleanColumn(rows, values);
    }
}
