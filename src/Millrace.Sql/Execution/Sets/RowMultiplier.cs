using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Gives rows of a batch several times with columns more. The owner notes rows one after the other and appends their values to
/// its builders; from time to time what is noted goes on as a batch, so that a row repeated very often makes many batches.
/// </summary>
/// <param name="schema">Of what comes out: the input's first columns and those of the builders.</param>
/// <param name="width">How many of the input's columns come out.</param>
/// <param name="output">Gets the batches.</param>
/// <param name="cancellation">Looked at for every batch, since one row can make batches for hours.</param>
/// <param name="added">Builders of the columns more; taken over.</param>
internal sealed class RowMultiplier(Schema schema, int width, LaneOperator output, CancellationToken cancellation, params ColumnBuilder[] added) : IDisposable
{
    private readonly List<int> _rows = [];

    // Whether the rows noted are 0, 1, 2 and so on.
    private bool _ascend = true;

    /// <summary>Whether what is noted should go on before more is noted.</summary>
    public bool IsFull => _rows.Count >= RecordBatch.DefaultRows;

    public void Add(int row)
    {
        _ascend &= row == _rows.Count;
        _rows.Add(row);
    }

    /// <summary>Gives what is noted on. Returns whether more is wanted.</summary>
    public bool Flush(Chunk chunk)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_rows.Count > 0)
        {
            ReadOnlySpan<int> rows = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);
            var columns = new Column[schema.Count];
            for (int i = 0; i < width; i++)
            {
                columns[i] = _ascend ? chunk.Rows[i].Slice(0, rows.Length) : Take.Rows(chunk.Rows[i], rows);
            }

            for (int i = 0; i < added.Length; i++)
            {
                columns[width + i] = added[i].Build();
            }

            using var batch = new RecordBatch(schema, rows.Length, columns);
            _rows.Clear();
            _ascend = true;
            output.Push(new Chunk(batch, chunk.Part));
        }

        return !output.IsSatisfied;
    }

    public void Dispose() => Array.ForEach(added, b => b.Dispose());
}
