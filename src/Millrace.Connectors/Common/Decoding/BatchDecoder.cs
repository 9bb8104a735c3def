using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Makes batches of the rows that were found, a loop for each column, and sets bad rows aside. One reader owns it, and it the decoders.</summary>
internal sealed class BatchDecoder(Schema schema, ColumnDecoder[] decoders, BadRows badRows, ErrorPlace place) : IDisposable
{
    private readonly BadValues _bad = new();

    /// <summary>The rows as a batch, which the caller owns; null when every row is bad.</summary>
    /// <param name="rows">The rows, whose first columns are those of the schema.</param>
    /// <param name="first">Number of the first of them.</param>
    public RecordBatch? Decode(IFoundRows rows, long first)
    {
        for (int c = 0; c < decoders.Length; c++)
        {
            _bad.Column = c;
            decoders[c].Decode(rows.Field(c), _bad);
        }

        var columns = new Column[decoders.Length];
        for (int c = 0; c < columns.Length; c++)
        {
            columns[c] = decoders[c].Builder.Build();
        }

        var batch = new RecordBatch(schema, rows.Rows, columns);
        if (!_bad.Any)
        {
            return batch;
        }

        using (batch)
        {
            RecordBatch? good = badRows.SetAside(batch, _bad, place, first);
            _bad.Clear();
            return good;
        }
    }

    public void Dispose()
    {
        foreach (ColumnDecoder decoder in decoders)
        {
            decoder.Dispose();
        }
    }
}
