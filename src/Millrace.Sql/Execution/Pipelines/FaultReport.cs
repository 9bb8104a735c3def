using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Hands the faults of a batch to whoever decides about bad rows.</summary>
internal static class FaultReport
{
    /// <summary>Ends the query with the first fault unless there is a handler, which takes them all; the caller then drops the rows.</summary>
    public static void Send(QueryContext context, RecordBatch rows, RowFaults faults)
    {
        if (context.OnRowFaults is not { } handler)
        {
            RowFault first = faults.All.MinBy(f => f.Row);
            throw first.Code.Error(first.Message, context.Locate?.Invoke(first.Span));
        }

        handler(rows, faults.All);
    }
}
