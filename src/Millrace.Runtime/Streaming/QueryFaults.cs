using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Runtime.Streaming;

/// <summary>Rows that the stages of a query set aside: expressions that have no value, rows that came too late. Lanes call at once.</summary>
internal sealed class QueryFaults(FailureSpec failure) : IRowErrorHandler
{
    private readonly Lock _lock = new();
    private readonly SplitErrors _errors = new(failure);

    public void OnRowError(RowError error)
    {
        lock (_lock)
        {
            _errors.OnRowError(error);
        }
    }

    /// <summary>Rows whose window was closed when they came; borrowed.</summary>
    public void AddLate(RecordBatch rows)
    {
        JsonObject context = JsonRowPlan.ContextOf(rows.Schema);
        for (int row = 0; row < rows.Length; row++)
        {
            OnRowError(new RowError(StreamingErrors.LateRow, "The row came after its window was closed.", new ErrorPlace(), JsonRow.Of(rows.Schema, [.. rows.Columns], row))
            {
                Stage = RowStage.Window,
                Form = RawForm.Json,
                Context = context,
            });
        }
    }

    /// <summary>What has come together since the last call; null for nothing.</summary>
    public BadRows? Take()
    {
        lock (_lock)
        {
            return _errors.Take();
        }
    }
}
