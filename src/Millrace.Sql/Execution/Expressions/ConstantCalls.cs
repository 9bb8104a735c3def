namespace Millrace.Sql.Execution;

/// <summary>Computes what is the same in all rows once, and gives its fault to every row that asks.</summary>
internal sealed class ConstantCalls
{
    /// <summary>Takes the faults of the one row.</summary>
    public RowFaults Faults { get; } = new();

    /// <summary>Begins a computation of one row.</summary>
    public void Begin(Parsing.TextSpan span)
    {
        Faults.Clear();
        Faults.Span = span;
    }

    /// <summary>Ends it.</summary>
    public void End(int rows, RowFaults faults)
    {
        if (!Faults.Any)
        {
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            faults.Add(Faults.All[0] with { Row = row });
        }
    }
}
