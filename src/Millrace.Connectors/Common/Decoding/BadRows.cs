using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Takes rows with values that do not fit out of a batch and reports them, as JSON with the value as the server wrote it.</summary>
/// <param name="code">What the errors are.</param>
/// <param name="schema">Of the batches.</param>
/// <param name="errors">Receives the rows.</param>
internal sealed class BadRows(ErrorCode code, Schema schema, IRowErrorHandler errors)
{
    /// <summary>The good rows, which the caller owns; null if there are none.</summary>
    public RecordBatch? SetAside(RecordBatch batch, BadValues bad, ErrorPlace place, long first)
    {
        var good = new List<int>(batch.Length - bad.Count);
        for (int row = 0; row < batch.Length; row++)
        {
            if (bad.Find(row) is { } value)
            {
                Report(batch, row, value, place with { Row = first + row });
            }
            else
            {
                good.Add(row);
            }
        }

        return good.Count == 0 ? null : Take.Rows(batch, [.. good]);
    }

    private void Report(RecordBatch batch, int row, BadValue value, ErrorPlace place)
    {
        string column = schema[value.Column].Name;
        JsonObject json = JsonNode.Parse(JsonRow.Of(schema, batch.Columns, row))!.AsObject();
        json[column] = value.Text;
        errors.OnRowError(new RowError(
            code,
            $"The value {value.Text} of column '{column}' {value.Reason}.",
            place with { Field = column },
            System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()))
        {
            Form = RawForm.Json,
        });
    }
}
