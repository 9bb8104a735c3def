using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Makes rows as the columns of a table take them, and sets aside those with a value that a column cannot take. One thread uses it.</summary>
internal sealed class RowConversion
{
    private readonly Schema _columns;
    private readonly int[] _sources;
    private readonly string _table;
    private readonly IRowErrorHandler _errors;

    /// <param name="rows">Columns of the rows.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="table">What the user calls the table.</param>
    /// <param name="errors">Receives the rows set aside.</param>
    public RowConversion(Schema rows, Schema columns, string table, IRowErrorHandler errors)
    {
        _columns = columns;
        _table = table;
        _errors = errors;
        _sources = [.. columns.Fields.Select(f => rows.IndexOf(f.Name))];
        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] < 0 && !columns[i].Nullable)
            {
                throw IcebergErrors.SchemaMisfit.Error($"The rows have no column '{columns[i].Name}', which the table requires.", new ErrorPlace { File = table, Field = columns[i].Name });
            }
        }
    }

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
                _errors.OnRowError(new RowError(
                    IcebergErrors.ValueDoesNotFit, message, new ErrorPlace { File = _table, Field = column }, JsonRow.Of(batch.Schema, [.. batch.Columns], row))
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
        var made = new List<Column>(_sources.Length);
        try
        {
            for (int i = 0; i < _sources.Length; i++)
            {
                Field column = _columns[i];
                if (_sources[i] < 0)
                {
                    made.Add(ColumnValue.Nulls(column.Type, batch.Length));
                    continue;
                }

                CastResult cast = Cast.To(batch[_sources[i]], column.Type);
                made.Add(cast.Column);
                foreach (CastFailure failure in cast.Failures)
                {
                    faults.TryAdd(failure.Row, (column.Name, $"Column '{column.Name}': {failure.Message}"));
                }

                if (!column.Nullable && cast.Column.HasNulls)
                {
                    ReportNulls(cast.Column, column, faults);
                }
            }

            return new RecordBatch(_columns, batch.Length, [.. made]);
        }
        catch
        {
            made.ForEach(c => c.Dispose());
            throw;
        }
    }

    private static void ReportNulls(Column column, Field field, SortedDictionary<int, (string, string)> faults)
    {
        for (int row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row))
            {
                faults.TryAdd(row, (field.Name, $"Column '{field.Name}' is null, and the table requires a value."));
            }
        }
    }
}
