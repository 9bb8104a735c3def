using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Makes rows as the columns of a table take them, and sets aside those with a value that a column cannot take. One thread uses it.</summary>
internal sealed class RowConversion
{
    private readonly Schema _columns;
    private readonly Schema _made;
    private readonly int[] _sources;
    private readonly HashSet<string> _key;
    private readonly int _op;
    private readonly int _unchanged;
    private readonly object?[] _defaults;
    private readonly string _table;
    private readonly IRowErrorHandler _errors;
    private long _given;

    /// <param name="rows">Columns of the rows.</param>
    /// <param name="columns">Columns of the table.</param>
    /// <param name="table">What the user calls the table.</param>
    /// <param name="errors">Receives the rows set aside.</param>
    /// <param name="key">Columns by which rows are merged; what happened to a row then stands behind the columns of the table. None where they are not.</param>
    /// <param name="schema">The table's schema, for the values of columns that the rows lack; null where there are none.</param>
    public RowConversion(Schema rows, Schema columns, string table, IRowErrorHandler errors, IReadOnlyList<string>? key = null, TableSchema? schema = null)
    {
        _defaults = [.. columns.Fields.Select((_, i) => schema?.Fields[i] is { WriteDefault: { } json, Type: IcebergPrimitive type } ? SingleValueJson.Parse(type, json) : null)];
        _columns = columns;
        _key = [.. key ?? []];
        _op = _key.Count > 0 ? rows.IndexOf(ChangeColumns.Op) : -1;
        _unchanged = _op >= 0 ? rows.IndexOf(ChangeColumns.Unchanged) : -1;
        var made = new List<Field>(columns.Fields);
        if (_op >= 0)
        {
            made.Add(new Field(ChangeColumns.Op, DataType.Utf8));
        }

        if (_unchanged >= 0)
        {
            made.Add(new Field(ChangeColumns.Unchanged, DataType.List(DataType.Utf8)));
        }

        _made = new Schema(made);
        _table = table;
        _errors = errors;
        _sources = [.. columns.Fields.Select(f => rows.IndexOf(f.Name))];
        for (int i = 0; i < _sources.Length; i++)
        {
            if (_sources[i] < 0 && !columns[i].Nullable && _defaults[i] is null)
            {
                throw IcebergErrors.SchemaMisfit.Error($"The rows have no column '{columns[i].Name}', which the table requires.", new ErrorPlace { File = table, Field = columns[i].Name });
            }
        }
    }

    /// <summary>Number of the first row of the batch that was converted last, among those since the last commit.</summary>
    public long FirstGiven { get; private set; }

    /// <summary>Behind a commit, or when rows come again: they are numbered anew.</summary>
    public void Restart() => _given = 0;

    /// <summary>The good rows, which the caller disposes; null if there are none.</summary>
    /// <param name="batch">Borrowed.</param>
    public RecordBatch? Convert(RecordBatch batch)
    {
        FirstGiven = _given;
        _given += batch.Length;
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
                    IcebergErrors.ValueDoesNotFit, message, new ErrorPlace { File = _table, Field = column, Row = FirstGiven + row }, JsonRow.Of(batch.Schema, [.. batch.Columns], row))
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
        var made = new List<Column>(_made.Count);
        try
        {
            Column? op = _op < 0 ? null : Cast.To(batch[_op], DataType.Utf8).Column;
            using Column? heldOp = op;
            Column? unchanged = _unchanged < 0 ? null : Cast.To(batch[_unchanged], DataType.List(DataType.Utf8)).Column;
            using Column? heldUnchanged = unchanged;
            var ops = new RowOps((BinaryColumn?)op, (ListColumn?)unchanged);
            for (int i = 0; i < _sources.Length; i++)
            {
                Field column = _columns[i];
                if (_sources[i] < 0)
                {
                    made.Add(_defaults[i] is { } value ? ColumnValue.Repeat(column.Type, value, batch.Length) : ColumnValue.Nulls(column.Type, batch.Length));
                    continue;
                }

                CastResult cast = Cast.To(batch[_sources[i]], column.Type);
                made.Add(cast.Column);
                foreach (CastFailure failure in cast.Failures)
                {
                    faults.TryAdd(failure.Row, (column.Name, $"Column '{column.Name}': {failure.Message}"));
                }

                bool isKey = _key.Contains(column.Name);
                if ((isKey || !column.Nullable) && cast.Column.HasNulls)
                {
                    ReportNulls(cast.Column, column, isKey, ops, faults);
                }
            }

            if (op is not null)
            {
                made.Add(op.Share());
            }

            if (unchanged is not null)
            {
                made.Add(unchanged.Share());
            }

            return new RecordBatch(_made, batch.Length, [.. made]);
        }
        catch
        {
            made.ForEach(c => c.Dispose());
            throw;
        }
    }

    // Of a row that is gone only the key counts, of a table that was emptied nothing; what was not sent is in the table.
    private static void ReportNulls(Column column, Field field, bool isKey, RowOps ops, SortedDictionary<int, (string, string)> faults)
    {
        for (int row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row) && !ops.IsTruncated(row) && (isKey || !(ops.IsDeleted(row) || ops.LeavesOut(row))))
            {
                faults.TryAdd(row, (field.Name, isKey ? $"Column '{field.Name}' is null, and rows are merged by it." : $"Column '{field.Name}' is null, and the table requires a value."));
            }
        }
    }
}
