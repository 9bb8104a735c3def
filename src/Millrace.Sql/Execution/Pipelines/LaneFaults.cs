using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>What becomes of the rows that an operator has no value for: they are reported and left out. One lane uses it.</summary>
/// <param name="context">Says who is told.</param>
internal sealed class LaneFaults(QueryContext context)
{
    /// <summary>Takes the faults of a batch while it is evaluated.</summary>
    public RowFaults Faults { get; } = new();

    /// <summary>Begins with the next batch.</summary>
    public RowFaults Start()
    {
        if (Faults.Any)
        {
            Faults.Clear();
        }

        return Faults;
    }

    /// <summary>Reports the faults of a batch. Throws the first if nobody wants them.</summary>
    public void Tell(RecordBatch batch)
    {
        if (Faults.Any)
        {
            using RecordBatch plain = Dictionaries.Decode(batch);
            FaultReport.Send(context, plain, Faults);
        }
    }

    /// <summary>The rows of a batch without a fault, as a mask that the caller owns.</summary>
    public unsafe RowMask Good(int rows)
    {
        RowMask mask = RowMask.Copy(default, rows);
        foreach (RowFault fault in Faults.All)
        {
            mask.Words[fault.Row >> 6] &= ~(1UL << (fault.Row & 63));
        }

        return mask;
    }
}
