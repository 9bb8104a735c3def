using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes rows as the table's columns take them, and sets aside those with a value that none can take.</summary>
/// <param name="columns">The columns.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="key">Columns by which rows are merged; none where they are not.</param>
/// <param name="errors">Receives the rows set aside.</param>
internal sealed class RowConversion(TargetColumns columns, string table, IReadOnlyList<string> key, IRowErrorHandler errors)
{
    private readonly HashSet<string> _unchanged = new(StringComparer.Ordinal);

    /// <summary>Columns that rows since the last <see cref="Clear"/> name as not sent.</summary>
    public IReadOnlyCollection<string> Unchanged => _unchanged;

    /// <summary>An epoch has ended.</summary>
    public void Clear() => _unchanged.Clear();

    /// <summary>The good rows, which the caller disposes; null if there are none.</summary>
    /// <param name="batch">Borrowed.</param>
    public RecordBatch? Convert(RecordBatch batch)
    {
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
                    PostgresErrors.ValueDoesNotFit, message, new ErrorPlace { Stream = table, Field = column }, JsonRow.Of(batch.Schema, [.. batch.Columns], row))
                {
                    Stage = RowStage.Convert,
                    Form = RawForm.Json,
                });
            }

            int[] good = [.. Enumerable.Range(0, rows.Length).Where(r => !faults.ContainsKey(r))];
            return good.Length == 0 ? null : Take.Rows(rows, good);
        }
    }

    private RecordBatch Convert(RecordBatch batch, SortedDictionary<int, (string, string)> faults)
    {
        var made = new List<Column>(columns.Copied.Count);
        try
        {
            foreach (TargetColumn target in columns.Copied)
            {
                string name = target.Info.Name;
                CastResult cast = Cast.To(batch[target.Source], target.Write.Type);
                made.Add(cast.Column);
                foreach (CastFailure failure in cast.Failures)
                {
                    faults.TryAdd(failure.Row, (name, $"Column '{name}': {failure.Message} The column is {target.Info.TypeText}."));
                }
            }

            BinaryColumn? op = columns.Op is { } opColumn ? (BinaryColumn)made[Array.IndexOf([.. columns.Copied], opColumn)] : null;
            ListColumn? unchanged = columns.Unchanged is null ? null : (ListColumn)made[^1];
            Remember(unchanged);
            for (int i = 0; i < made.Count; i++)
            {
                TargetColumn target = columns.Copied[i];
                ValueChecks.Find(
                    made[i], target, key.Contains(target.Info.Name), key.Count > 0 ? op : null, unchanged,
                    (row, message) => faults.TryAdd(row, (target.Info.Name, $"The value of column '{target.Info.Name}' ({target.Info.TypeText}) {message}.")));
            }

            return new RecordBatch(new Schema(columns.Copied.Select(c => new Field(c.Info.Name, c.Write.Type))), batch.Length, [.. made]);
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

    // Rarely any: values that are kept beside their row.
    private void Remember(ListColumn? unchanged)
    {
        if (unchanged is null || unchanged.NullCount == unchanged.Length)
        {
            return;
        }

        var names = (BinaryColumn)unchanged.Items;
        for (int i = unchanged.Offsets[0]; i < unchanged.Offsets[unchanged.Length]; i++)
        {
            string name = Encoding.UTF8.GetString(names[i]);
            if (_unchanged.Add(name) && columns.All.All(c => c.Info.Name != name))
            {
                throw PostgresErrors.SchemaMisfit.Error(
                    $"A row leaves the value of '{name}' as it was, and the rows have no such column.", new ErrorPlace { Stream = table }, "A column of a read of changes keeps its name.");
            }
        }
    }
}
