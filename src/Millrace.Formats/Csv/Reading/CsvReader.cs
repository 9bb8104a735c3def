using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>
/// Reads a range of a CSV file: whole records are found in a window of text, then each wanted column of them is decoded
/// at once. One thread at a time uses it.
/// </summary>
internal sealed class CsvReader : IBatchReader
{
    /// <summary>A batch ends early when so many bytes of text went into it.</summary>
    private const int BatchBytes = 2 << 20;

    /// <summary>Bytes of text that all columns are decoded from before the next ones: they stay in the first-level cache.</summary>
    private const int StepBytes = 16 << 10;

    private readonly IByteSource _source;
    private readonly FileInspection _inspection;
    private readonly CsvOptions _options;
    private readonly FileReadRequest _request;
    private readonly int _windowSize;
    private readonly FieldText _text;
    private readonly ColumnDecoder[] _decoders;
    private readonly RowSet _rows;
    private readonly RowSelector _selector;
    private readonly BadRows _bad;
    private readonly FieldFaults _faults = new();
    private CsvRecords? _records;
    private int _nextRecord;
    private int _batchRows;
    private int _stepRows;
    private RowRuns? _lines;
    private long _delivered;
    private long _passed;
    private bool _ended;

    public CsvReader(IByteSource source, FileInspection inspection, FileReadRequest request, int windowSize = CsvRecords.WindowSize)
    {
        _source = source;
        _inspection = inspection;
        _request = request;
        _windowSize = windowSize;
        _options = (CsvOptions)inspection.Options;
        _text = new FieldText(_options, new NullTokens(_options.NullValues));
        _bad = new BadRows(request.RowErrors, inspection.Schema, _text);
        int columns = inspection.Schema.Count;
        _selector = new RowSelector(_options, columns, request.Range.Start == 0 && _options.Header == true ? 1 : 0, _bad);
        Position = new FilePosition(request.Range.Start, 0);
        _decoders = new ColumnDecoder[request.Columns.Count];
        try
        {
            var factory = new DecoderFactory(_options, _text, 0);
            for (int i = 0; i < _decoders.Length; i++)
            {
                Field field = request.Columns[i];
                _decoders[i] = factory.Create(inspection.Schema.Require(field.Name), i, field, IsInferred(field));
            }

            _rows = new RowSet(Math.Max(request.BatchRows, 1), columns);
        }
        catch
        {
            DisposeDecoders();
            throw;
        }
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position { get; private set; }

    public RowPlaces? Places => _lines is null ? null : new RowPlaces(_lines, areLines: true);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        _records ??= await CsvRecords.OpenAsync(_source, _options, _request.Range, cancellation, _windowSize).ConfigureAwait(false);
        _batchRows = 0;
        _lines = _records.HasLines ? new RowRuns() : null;
        long bytes = 0;
        while (WantedRows() > 0 && !_ended && (bytes < BatchBytes || _batchRows == 0))
        {
            if (_nextRecord == _records.Count)
            {
                _nextRecord = 0;
                _ended = !await _records.NextAsync(cancellation).ConfigureAwait(false);
                _stepRows = (int)Math.Max((long)StepBytes * _records.Count / Math.Max(_records.StartOf(_records.Count), 1), 1);
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            if (bytes == 0)
            {
                Reserve();
            }

            bytes += DecodeRecords(_records);
        }

        Position = new FilePosition(Math.Max(_records.OffsetOf(_nextRecord), _request.Range.Start), _passed);
        if (_batchRows == 0)
        {
            return null;
        }

        _delivered += _batchRows;
        return BuildBatch();
    }

    public async ValueTask DisposeAsync()
    {
        DisposeDecoders();
        _rows.Dispose();
        if (_records is not null)
        {
            await _records.DisposeAsync().ConfigureAwait(false);
            _records = null;
        }
    }

    private int WantedRows() => (int)Math.Min(_request.BatchRows - _batchRows, _request.Limit - _delivered - _batchRows);

    // Room for the rows that the batch will have if they are as long as those of this chunk.
    private void Reserve()
    {
        int rows = (int)Math.Min(WantedRows(), Math.Max((long)_stepRows * (BatchBytes / StepBytes), 1));
        foreach (ColumnDecoder decoder in _decoders)
        {
            decoder.Reserve(rows);
        }
    }

    // Returns the bytes of the records that were decoded.
    private long DecodeRecords(CsvRecords records)
    {
        int from = _nextRecord;
        _nextRecord = _selector.Select(records, from, _rows, Math.Min(WantedRows(), _stepRows), out int passed);
        DecodeColumns();
        if (!_faults.IsEmpty)
        {
            RemoveFaulty(records);
            DecodeColumns();
        }

        _passed += passed;
        FindLines(records, from);
        _batchRows += _rows.Count;
        return records.StartOf(_nextRecord) - records.StartOf(from);
    }

    // Mostly every record has a line of its own; then lines are counted once for all of them.
    private unsafe void FindLines(CsvRecords records, int from)
    {
        if (_lines is not { } lines || _rows.Count == 0)
        {
            return;
        }

        long first = records.LineAt(records.StartOf(from))!.Value;
        bool isPlain = records.LineAt(records.StartOf(_nextRecord)) - first == _nextRecord - from;
        if (isPlain && _rows.Count == _nextRecord - from)
        {
            lines.Add(_batchRows, first);
            return;
        }

        for (int row = 0; row < _rows.Count; row++)
        {
            int record = _rows.Records[row];
            lines.Add(_batchRows + row, isPlain ? first + record - from : records.LineAt(records.StartOf(record))!.Value);
        }
    }

    private void DecodeColumns()
    {
        foreach (ColumnDecoder decoder in _decoders)
        {
            decoder.Decode(_rows, _faults);
        }
    }

    // Rows with a value that does not fit go to the job; the others are decoded again.
    private void RemoveFaulty(CsvRecords records)
    {
        foreach (ColumnDecoder decoder in _decoders)
        {
            decoder.Builder.Truncate(_batchRows);
        }

        (int Row, int Column)[] faults = _faults.Take();
        foreach ((int row, int column) in faults)
        {
            Report(records, row, _decoders[column], _request.Columns[column]);
        }

        _rows.Remove(Array.ConvertAll(faults, f => f.Row));
    }

    private void Report(CsvRecords records, int row, ColumnDecoder decoder, Field field)
    {
        ErrorPlace place = FieldPlace.Of(records, _rows, row, decoder) with { Field = field.Name };
        _text.TryGet(decoder.Field(_rows, row), out ReadOnlySpan<byte> value);
        if (IsInferred(field))
        {
            throw new SchemaWideningException(field.Name, field.Type, TypeGuess.Widen(field.Type, value, _options), place);
        }

        _bad.Report(records, RecordOf(row), FormatErrors.ValueDoesNotFit, CsvErrors.ValueDoesNotFit(value, field.Type), place);
    }

    private unsafe int RecordOf(int row) => _rows.Records[row];

    private bool IsInferred(Field field) => _inspection.IsInferred && !_request.Declared.Contains(field.Name);

    private RecordBatch BuildBatch()
    {
        var columns = new Column[_decoders.Length];
        int built = 0;
        try
        {
            for (; built < columns.Length; built++)
            {
                columns[built] = _decoders[built].Builder.Build();
            }

            return new RecordBatch(Schema, _batchRows, columns);
        }
        catch
        {
            foreach (Column column in columns.AsSpan(0, built))
            {
                column.Dispose();
            }

            throw;
        }
    }

    private void DisposeDecoders()
    {
        _text.Dispose();
        foreach (ColumnDecoder? decoder in _decoders)
        {
            decoder?.Dispose();
        }
    }
}
