using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>Makes rows as the table's columns take them, and sets aside those with a value that none can take.</summary>
/// <param name="columns">The columns.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="key">Columns by which rows are merged; none where they are not.</param>
/// <param name="errors">Receives the rows set aside.</param>
internal sealed class RowConversion(TargetColumns columns, string table, IReadOnlyList<string> key, IRowErrorHandler errors)
{
    /// <summary>The good rows, which the caller disposes; null if there are none.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="kept">The rows of the batch that were kept; null for all.</param>
    public RecordBatch? Convert(RecordBatch batch, out int[]? kept)
    {
        kept = null;
        var faults = new SortedDictionary<int, (string Column, string Message)>();
        RecordBatch rows = Convert(batch, faults);
        if (faults.Count == 0)
        {
            return rows;
        }

        using (rows)
        {
            foreach ((int row, (string column, string message)) in faults)
            {
                errors.OnRowError(new RowError(
                    MySqlErrors.ValueDoesNotFit, message, new ErrorPlace { Stream = table, Field = column }, JsonRow.Of(batch.Schema, [.. batch.Columns], row))
                {
                    Stage = RowStage.Convert,
                    Form = RawForm.Json,
                });
            }

            int[] good = [.. Enumerable.Range(0, rows.Length).Where(r => !faults.ContainsKey(r))];
            kept = good;
            return good.Length == 0 ? null : Take.Rows(rows, good);
        }
    }

    private RecordBatch Convert(RecordBatch batch, SortedDictionary<int, (string, string)> faults)
    {
        var made = new List<Column>(columns.Sent.Count);
        try
        {
            foreach (TargetColumn target in columns.Sent)
            {
                string name = target.Info.Name;
                CastResult cast = Cast.To(batch[target.Source], target.Write.Type);
                made.Add(cast.Column);
                foreach (CastFailure failure in cast.Failures)
                {
                    faults.TryAdd(failure.Row, (name, $"Column '{name}': {failure.Message} The column is {target.Info.TypeText}."));
                }
            }

            BinaryColumn? op = columns.AreChanges ? (BinaryColumn)made[^1] : null;
            for (int i = 0; i < made.Count; i++)
            {
                TargetColumn target = columns.Sent[i];
                ValueChecks.Find(
                    made[i], target, key.Contains(target.Info.Name, StringComparer.OrdinalIgnoreCase), op,
                    (row, message) => faults.TryAdd(row, (target.Info.Name, $"The value of column '{target.Info.Name}' ({target.Info.TypeText}) {message}.")));
            }

            return new RecordBatch(new Schema(columns.Sent.Select(c => new Field(c.Info.Name, c.Write.Type))), batch.Length, [.. made]);
        }
        catch
        {
            foreach (Column column in made)
            {
                column.Dispose();
            }

            throw;
        }
    }
}
