using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Rows of a batch with values that their table cannot take: the first fault of each.</summary>
internal sealed class RowFaults
{
    private readonly SortedDictionary<int, (string Column, string Message)> _faults = [];

    public bool Any => _faults.Count > 0;

    public void Add(int row, string column, string message) => _faults.TryAdd(row, (column, message));

    /// <summary>The rows without a fault.</summary>
    public int[] Good(int rows) => [.. Enumerable.Range(0, rows).Where(r => !_faults.ContainsKey(r))];

    /// <summary>Reports the rows with one, as they came.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="given">How many came before them since the last commit.</param>
    /// <param name="code">What the errors are.</param>
    /// <param name="table">The table.</param>
    /// <param name="errors">Takes the rows.</param>
    public void Report(RecordBatch batch, long given, ErrorCode code, string table, IRowErrorHandler errors)
    {
        foreach ((int row, (string column, string message)) in _faults)
        {
            errors.OnRowError(new RowError(code, message, new ErrorPlace { Stream = table, Field = column, Row = given + row }, JsonRow.Of(batch.Schema, [.. batch.Columns], row))
            {
                Stage = RowStage.Convert,
                Form = RawForm.Json,
            });
        }
    }
}
