using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Checks what a column of a target does not take, and puts the column's name on whatever is wrong with its value.</summary>
internal sealed class TargetValueEvaluator(BoundTargetValue value, Evaluator operand) : Evaluator(value.Type)
{
    private readonly TargetColumn _column = value.Column;

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        int before = faults.All.Count;
        Vector result = operand.Evaluate(batch, faults);
        if (faults.All.Count > before)
        {
            faults.Explain(before, message => $"Column '{_column.Name}': {message}");
        }

        // Values of rows with a fault mean nothing; they make no second one.
        faults.Span = value.Span;
        if (_column.Required && result.Column.HasNulls)
        {
            FindNulls(result, batch.Length, faults);
        }

        if (_column.MaxLength is { } most && result.Column is BinaryColumn texts)
        {
            FindLong(texts, result, batch.Length, most, faults);
        }

        return result;
    }

    public override void Dispose() => operand.Dispose();

    private void FindNulls(Vector result, int rows, RowFaults faults)
    {
        for (int row = 0; row < rows; row++)
        {
            if (result.IsNull(row) && faults.Wants(row))
            {
                faults.Add(row, ExecutionErrors.NullCode, $"Column '{_column.Name}' takes no null, and the row has no value for it.");
            }
        }
    }

    // A null may stand over bytes, which are no value.
    private void FindLong(BinaryColumn texts, Vector result, int rows, int most, RowFaults faults)
    {
        ReadOnlySpan<int> offsets = texts.Offsets;
        for (int row = 0; row < rows; row++)
        {
            int at = row * result.Step;
            if (offsets[at + 1] - offsets[at] > most && !result.IsNull(row) && Characters(texts[at]) is var length && length > most && faults.Wants(row))
            {
                faults.Add(row, ExecutionErrors.TooLongCode, $"Column '{_column.Name}' takes {most} characters, and the text has {length}.");
            }
        }
    }

    // Each character has one byte that does not go on another (10xxxxxx).
    private static int Characters(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }
}
