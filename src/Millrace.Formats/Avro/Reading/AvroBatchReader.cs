using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Reads a range of an object container file.</summary>
internal sealed class AvroBatchReader : IBatchReader
{
    // Rows of very different sizes: a batch ends early when its rows took so many bytes.
    private const int MaxBatchBytes = 8 << 20;

    // A row without bytes, as of an empty record, could otherwise be claimed without end.
    private const int MaxFreeRows = 1 << 16;
    private const int MaxRawBytes = 4 << 10;

    private readonly string _file;
    private readonly FileReadRequest _request;
    private readonly AvroBlockReader _blocks;
    private readonly RowDecoder _decoder;
    private long _blockLeft;
    private int _at;
    private long _rowsBefore;
    private long _rowsGood;

    // Of the batch that is being made.
    private int _rows;
    private long _bytes;
    private long _budget;

    public AvroBatchReader(IByteSource source, AvroInspection inspection, FileReadRequest request)
    {
        _file = source.Name;
        _request = request;
        _decoder = new RowDecoder(inspection.Header.Schema, inspection.ReaderSchema, request.Columns, request.BatchRows);
        int maxBlock = ((AvroOptions)inspection.Options).MaxBlockBytes;
        _blocks = new AvroBlockReader(source, inspection.Header, request.Range, maxBlock, decompress: request.Columns.Count > 0);
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position => new(_blockLeft > 0 ? _blocks.Offset : _blocks.NextOffset, _rowsBefore);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        _rows = 0;
        _bytes = 0;
        _budget = AvroCursor.FullBudget;
        while (Room() > 0 && _bytes < MaxBatchBytes)
        {
            if (_blockLeft == 0)
            {
                if (!await _blocks.ReadAsync(cancellation).ConfigureAwait(false))
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

        _rowsGood += _rows;
        return _rows > 0 ? _decoder.Build(_rows) : null;
    }

    public ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _blocks.Dispose();
        return ValueTask.CompletedTask;
    }

    private int Room() => (int)Math.Min(_request.BatchRows - _rows, _request.Limit - _rowsGood - _rows);

    private void StartBlock()
    {
        _at = 0;
        _blockLeft = _blocks.Rows;
        if (_request.Columns.Count == 0)
        {
            return;
        }

        if (_decoder.MinSize == 0 ? _blockLeft > MaxFreeRows : _blockLeft > _blocks.Length / _decoder.MinSize)
        {
            throw AvroErrors.CorruptBlock(_file, _blocks.Offset, $"{_blockLeft} rows cannot lie in {_blocks.Length} bytes");
        }

        RequireAllRead();
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
                }
                else
                {
                    SetAside(ref cursor, new ReadOnlySpan<byte>(start, (int)(cursor.At - start)));
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

    private void SetAside(ref AvroCursor cursor, ReadOnlySpan<byte> raw)
    {
        BadAvroValue bad = cursor.BadValue!;
        cursor.BadValue = null;
        _decoder.Truncate(_rows);
        var place = new ErrorPlace { File = _file, Offset = _blocks.Offset, Field = bad.Field.Length > 0 ? bad.Field : null };
        _request.RowErrors.OnRowError(new RowError(bad.Code, bad.Message, place, raw[..Math.Min(raw.Length, MaxRawBytes)].ToArray()));
    }
}
