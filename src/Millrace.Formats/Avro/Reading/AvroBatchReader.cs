using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Reads a range of an object container file.</summary>
internal sealed class AvroBatchReader : IBatchReader
{
    // Rows of very different sizes: a batch ends early when its rows took so many bytes.
    private const int MaxBatchBytes = 8 << 20;

    // A row without bytes, as of an empty record, could otherwise be claimed without end.
    private const int MaxFreeRows = 1 << 16;

    private readonly string _file;
    private readonly FileReadRequest _request;
    private readonly AvroBlockReader _blocks;
    private readonly RowDecoder _decoder;
    private readonly int _maxBlockBytes;
    private long _blockLeft;
    private int _at;
    private long _rowsBefore;
    private long _rowsGood;

    // Of the batch that is being made.
    private int _rows;
    private long _bytes;
    private long _budget;

    // Where the rows lie in their block, if columns are converted.
    private readonly List<(int Start, int End, long Row)> _rowBytes = [];

    public AvroBatchReader(IByteSource source, AvroInspection inspection, FileReadRequest request)
    {
        _file = source.Name;
        _request = request;
        _decoder = new RowDecoder(inspection.Header.Schema, inspection.ReaderSchema, request.Columns, request.BatchRows);
        _maxBlockBytes = ((AvroOptions)inspection.Options).MaxBlockBytes;
        _blocks = new AvroBlockReader(source, inspection.Header, request.Range, _maxBlockBytes, decompress: request.Columns.Count > 0);
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position => new(_blockLeft > 0 ? _blocks.Offset : _blocks.NextOffset, _rowsBefore);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await FillAsync(cancellation).ConfigureAwait(false);
            if (_rows == 0)
            {
                return null;
            }

            RecordBatch batch = Build();
            if (batch.Length > 0)
            {
                _rowsGood += batch.Length;
                return batch;
            }

            batch.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _blocks.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        _rows = 0;
        _bytes = 0;
        _budget = AvroCursor.FullBudget;
        _rowBytes.Clear();
        while (Room() > 0 && _bytes < MaxBatchBytes)
        {
            if (_blockLeft == 0)
            {
                // Rows that turn out to be bad when their columns are converted are still at hand then.
                if ((_decoder.HasCasts && _rows > 0) || !await _blocks.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    break;
                }

                StartBlock();
            }

            if (_request.Columns.Count == 0)
            {
                CountRows();
            }
            else
            {
                DecodeRows();
            }
        }
    }

    private RecordBatch Build()
    {
        var failures = new List<ColumnFailure>();
        RecordBatch batch = _decoder.Build(_rows, failures);
        if (failures.Count == 0)
        {
            return batch;
        }

        using (batch)
        {
            var bad = new HashSet<int>();
            foreach (ColumnFailure failure in failures.OrderBy(f => f.Row))
            {
                if (bad.Add(failure.Row))
                {
                    SetAside(FormatErrors.ValueDoesNotFit, failure.Message, failure.Column, RawRow(failure.Row), _rowBytes[failure.Row].Row);
                }
            }

            return Take.Rows(batch, Enumerable.Range(0, _rows).Where(r => !bad.Contains(r)).ToArray());
        }
    }

    private unsafe ReadOnlySpan<byte> RawRow(int row)
    {
        (int start, int end, _) = _rowBytes[row];
        return new ReadOnlySpan<byte>(_blocks.Data + start, end - start);
    }

    private int Room() => (int)Math.Min(_request.BatchRows - _rows, _request.Limit - _rowsGood - _rows);

    private void StartBlock()
    {
        _at = 0;
        _blockLeft = _blocks.Rows;

        // Where no column is wanted the block was not decompressed, and only the limit bounds it.
        bool isCounted = _request.Columns.Count == 0;
        int length = isCounted ? _maxBlockBytes : _blocks.Length;
        if (_blockLeft > (_decoder.MinSize == 0 ? MaxFreeRows : length / _decoder.MinSize))
        {
            throw AvroErrors.CorruptBlock(_file, _blocks.Offset, $"{_blockLeft} rows cannot lie in {length} bytes");
        }

        if (!isCounted)
        {
            RequireAllRead();
        }
    }

    // Only the number of rows is wanted.
    private void CountRows()
    {
        int count = (int)Math.Min(_blockLeft, Room());
        _rows += count;
        _rowsBefore += count;
        _blockLeft -= count;
    }

    private unsafe void DecodeRows()
    {
        byte* data = _blocks.Data;
        var cursor = new AvroCursor(data + _at, data + _blocks.Length, _budget);
        DecodeNode plan = _decoder.Plan;
        long count = Math.Min(_blockLeft, Room());
        try
        {
            for (long i = 0; i < count; i++)
            {
                byte* start = cursor.At;
                plan.Decode(ref cursor);
                _rowsBefore++;
                _blockLeft--;
                if (cursor.BadValue is null)
                {
                    _rows++;
                    if (_decoder.HasCasts)
                    {
                        _rowBytes.Add(((int)(start - data), (int)(cursor.At - data), RowInBlock));
                    }
                }
                else
                {
                    BadAvroValue bad = cursor.BadValue;
                    cursor.BadValue = null;
                    _decoder.Truncate(_rows);
                    SetAside(bad.Code, bad.Message, bad.Field, new ReadOnlySpan<byte>(start, (int)(cursor.At - start)), RowInBlock);
                }
            }
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(ErrorPlace.AtOffset(_file, _blocks.Offset));
        }

        int at = (int)(cursor.At - data);
        _bytes += at - _at;
        _at = at;
        _budget = cursor.Budget;
        RequireAllRead();
    }

    private void RequireAllRead()
    {
        if (_blockLeft == 0 && _at != _blocks.Length)
        {
            throw AvroErrors.CorruptBlock(_file, _blocks.Offset, $"{_blocks.Length - _at} bytes are left after its last row");
        }
    }

    // Number of the row that was decoded last.
    private long RowInBlock => _blocks.Rows - _blockLeft - 1;

    private void SetAside(ErrorCode code, string message, string field, ReadOnlySpan<byte> raw, long row)
    {
        var place = new ErrorPlace { File = _file, Offset = _blocks.Offset, Row = row, Field = field.Length > 0 ? field : null };
        _request.RowErrors.OnRowError(new RowError(code, message, place, raw[..Math.Min(raw.Length, RowError.MaxRaw)].ToArray()) { RawLength = raw.Length });
    }
}
