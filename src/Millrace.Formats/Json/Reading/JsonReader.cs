using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Reads the records of a range as batches.</summary>
internal sealed class JsonReader : IBatchReader
{
    // So that records of any size make batches of bounded size.
    private const int MaxBatchText = 4 << 20;

    private readonly IByteSource _source;
    private readonly FileInspection _inspection;
    private readonly JsonOptions _options;
    private readonly FileReadRequest _request;
    private readonly FeedSizes _sizes;
    private readonly int _batchRows;
    private RecordFeed? _feed;
    private RecordDecoder? _decoder;
    private bool _prepared;
    private bool _atEnd;
    private long _rows;

    public JsonReader(IByteSource source, FileInspection inspection, FileReadRequest request, FeedSizes sizes)
    {
        _source = source;
        _inspection = inspection;
        _options = (JsonOptions)inspection.Options;
        _request = request;
        _sizes = sizes;
        _batchRows = BatchSize.Rows(request.Columns, request.BatchRows);
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position => _feed is null ? new(_request.Range.Start, 0) : new(_feed.Position, _feed.Records);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        int rows = (int)Math.Min(_batchRows, _request.Limit - _rows);
        if (_atEnd || rows <= 0)
        {
            return null;
        }

        if (_feed is null)
        {
            await OpenAsync(cancellation).ConfigureAwait(false);
        }

        long start = _feed!.TextOffset;
        while (_decoder!.Rows < rows && !_decoder.IsFull && (_decoder.Rows == 0 || _feed.TextOffset - start < MaxBatchText))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_prepared && !await _feed.PrepareAsync(_decoder, cancellation).ConfigureAwait(false))
            {
                _atEnd = true;
                break;
            }

            _prepared = _feed.Decode(_decoder, rows);
        }

        _rows += _decoder.Rows;
        return _decoder.Rows == 0 ? null : _decoder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        _decoder?.Dispose();
        _decoder = null;
        _atEnd = true;
        if (_feed is { } feed)
        {
            _feed = null;
            await feed.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask OpenAsync(CancellationToken cancellation)
    {
        TextInput input = await TextInput.OpenAsync(_source, _request.Range, _options.CodecOrNull, _options.EncodingOrNull, cancellation).ConfigureAwait(false);
        RecordFeed feed = RecordFeed.Open(input, _source, _request.Range, _options, _sizes);
        try
        {
            _decoder = new RecordDecoder(feed.Segment, _inspection, _request, _options, _source.Name);
        }
        catch
        {
            await feed.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _feed = feed;
    }
}
