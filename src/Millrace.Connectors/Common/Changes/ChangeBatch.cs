using System.Buffers.Text;
using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>Makes batches of rows of changes, a column at a time. One reader has one.</summary>
internal sealed class ChangeBatch : IDisposable
{
    private const int PositionLength = 25;

    private readonly ChangeSchema _schema;
    private readonly ColumnDecoder[] _decoders;
    private readonly BinaryBuilder _ops;
    private readonly ListBuilder _unchanged;
    private readonly BinaryBuilder _positions;
    private readonly FixedBuilder<long> _times;
    private readonly BadRows _badRows;
    private readonly BadValues _bad = new();

    /// <param name="schema">Columns of the rows.</param>
    /// <param name="decoders">For each column of the table that is wanted; they belong to the batch.</param>
    /// <param name="capacity">Most rows of a batch.</param>
    /// <param name="unfit">What a value is that its column cannot hold.</param>
    /// <param name="errors">Takes bad rows.</param>
    public ChangeBatch(ChangeSchema schema, ColumnDecoder[] decoders, int capacity, ErrorCode unfit, IRowErrorHandler errors)
    {
        _schema = schema;
        _badRows = new BadRows(unfit, schema.Schema, errors);
        _decoders = decoders;
        _ops = new BinaryBuilder(DataType.Utf8, capacity);
        _unchanged = new ListBuilder(DataType.List(DataType.Utf8), capacity);
        _positions = new BinaryBuilder(DataType.Utf8, capacity);
        _times = new FixedBuilder<long>(DataType.Timestamp(TimeUnit.Microsecond, "UTC"), capacity);
    }

    /// <summary>A batch of the rows, which the caller owns; null when every row is bad.</summary>
    /// <param name="rows">The rows; none make an empty batch.</param>
    /// <param name="place">Where they are from.</param>
    /// <param name="first">Number of the first of them.</param>
    public RecordBatch? Make(ChangeRows rows, ErrorPlace place, long first)
    {
        for (int c = 0; c < _decoders.Length; c++)
        {
            _bad.Column = _schema.Places[c];
            _decoders[c].Decode(rows.Field(c), _bad);
        }

        AppendInfo(rows.Rows);
        AppendUnchanged(rows);
        var columns = new Column[_schema.Schema.Count];
        for (int c = 0; c < _decoders.Length; c++)
        {
            columns[_schema.Places[c]] = _decoders[c].Builder.Build();
        }

        ColumnBuilder[] extra = [_ops, _unchanged, _positions, _times];
        for (int i = 0; i < extra.Length; i++)
        {
            Column column = extra[i].Build();
            if (_schema.ExtraPlaces[i] is >= 0 and int at)
            {
                columns[at] = column;
            }
            else
            {
                column.Dispose();
            }
        }

        var batch = new RecordBatch(_schema.Schema, rows.Count, columns);
        if (!_bad.Any)
        {
            return batch;
        }

        using (batch)
        {
            RecordBatch? good = _badRows.SetAside(batch, _bad, place, first);
            _bad.Clear();
            return good;
        }
    }

    /// <summary>Text whose order is that of the changes: place of the commit, and number in the transaction, as hexadecimal digits.</summary>
    public static void WritePosition(Span<byte> text, ulong commit, long number)
    {
        Utf8Formatter.TryFormat(commit, text, out _, new System.Buffers.StandardFormat('X', 16));
        text[16] = (byte)'-';
        Utf8Formatter.TryFormat(number, text[17..], out _, new System.Buffers.StandardFormat('X', 8));
    }

    public static string Position(ulong commit, long number) => string.Create(CultureInfo.InvariantCulture, $"{commit:X16}-{number:X8}");

    public void Dispose()
    {
        foreach (ColumnDecoder decoder in _decoders)
        {
            decoder.Dispose();
        }

        _ops.Dispose();
        _unchanged.Dispose();
        _positions.Dispose();
        _times.Dispose();
    }

    private void AppendInfo(ReadOnlySpan<RowInfo> rows)
    {
        foreach (ref readonly RowInfo row in rows)
        {
            byte op = row.Op;
            _ops.Append(new ReadOnlySpan<byte>(in op));
            WritePosition(_positions.GetSpan(PositionLength), row.Commit, row.Number);
            _positions.Commit(PositionLength);
            _times.Append(row.CommittedAt);
        }
    }

    private void AppendUnchanged(ChangeRows rows)
    {
        var names = (BinaryBuilder)_unchanged.Items;
        int next = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int first = next;
            for (; next < rows.Unchanged.Count && rows.Unchanged[next].Row == row; next++)
            {
                names.Append(_schema.Names[rows.Unchanged[next].Column]);
            }

            _unchanged.AppendRow();
            if (next == first)
            {
                _unchanged.SetNull(row);
            }
        }
    }
}
