using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Makes rows as a table's columns take them, and sets aside those with a value that none can take.</summary>
/// <param name="columns">The columns.</param>
/// <param name="misfit">What the errors of rows are.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="errors">Receives the rows set aside.</param>
internal abstract class BatchConversion(IEnumerable<WrittenColumn> columns, ErrorCode misfit, string table, IRowErrorHandler errors)
{
    private readonly WrittenColumn[] _columns = [.. columns];
    private readonly RowRuns _sent = new();
    private long _given;
    private long _kept;

    /// <summary>Rows are counted from here on: an epoch begins.</summary>
    public void Begin()
    {
        (_given, _kept) = (0, 0);
        _sent.Clear();
    }

    /// <summary>Rows since then that were not set aside.</summary>
    public long Sent => _kept;

    /// <summary>The number of a row among all that came since <see cref="Begin"/>, of which some may have been set aside; null where that is forgotten.</summary>
    /// <param name="sent">Its number among the others.</param>
    public long? Given(long sent) => sent < _kept ? _sent.Find(sent) : null;

    /// <summary>The good rows, which the caller disposes; null if there are none.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="kept">The rows of the batch that were kept; null for all.</param>
    public RecordBatch? Convert(RecordBatch batch, out int[]? kept)
    {
        var faults = new RowFaults();
        RecordBatch rows = Convert(batch, faults);
        long given = _given;
        _given += batch.Length;
        kept = null;
        if (!faults.Any)
        {
            _sent.Add(_kept, given);
            _sent.Trim();
            _kept += rows.Length;
            return rows;
        }

        using (rows)
        {
            faults.Report(batch, given, misfit, table, errors);
            kept = faults.Good(rows.Length);
            for (int i = 0; i < kept.Length; i++)
            {
                _sent.Add(_kept + i, given + kept[i]);
            }

            _sent.Trim();
            _kept += kept.Length;
            return kept.Length == 0 ? null : Take.Rows(rows, kept);
        }
    }

    /// <summary>Finds values that the server is known not to take.</summary>
    /// <param name="batch">The rows as they came.</param>
    /// <param name="made">The columns as they are to be sent.</param>
    /// <param name="faults">Takes the rows.</param>
    protected abstract void Check(RecordBatch batch, IReadOnlyList<Column> made, RowFaults faults);

    private RecordBatch Convert(RecordBatch batch, RowFaults faults)
    {
        var made = new List<Column>(_columns.Length);
        try
        {
            foreach (WrittenColumn target in _columns)
            {
                CastResult cast = Cast.To(batch[target.Source], target.Type);
                made.Add(cast.Column);
                foreach (CastFailure failure in cast.Failures)
                {
                    faults.Add(failure.Row, target.Name, $"Column '{target.Name}': {failure.Message} The column is {target.TypeText}.");
                }
            }

            Check(batch, made, faults);
            return new RecordBatch(new Schema(_columns.Select(c => new Field(c.Name, c.Type))), batch.Length, [.. made]);
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
