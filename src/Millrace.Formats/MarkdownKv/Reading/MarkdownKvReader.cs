using Millrace.Columnar;
using Millrace.Formats.Json;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Reads the documents of a file as batches, through the lines of JSON that <see cref="DocumentRows"/> makes of them.</summary>
internal sealed class MarkdownKvReader : IBatchReader
{
    private readonly FileReadRequest _request;
    private readonly DocumentRows _rows;
    private readonly JsonReader _reader;
    private readonly IByteSource _file;
    private bool _atEnd;

    public MarkdownKvReader(IByteSource source, FileInspection inspection, FileReadRequest request)
    {
        var options = (MarkdownKvOptions)inspection.Options;
        _request = request;
        _file = source;
        _rows = new DocumentRows(source, options, request.RowErrors);
        FileReadRequest lines = request with { Range = FileRange.Whole(long.MaxValue), RowErrors = new DecodedRowErrors(request.RowErrors) };
        _reader = new JsonReader(_rows, inspection with { Options = MarkdownKvInspector.RowOptions(options) }, lines, FeedSizes.Default);
    }

    public Schema Schema => _reader.Schema;

    // A file is read as a whole; lines of JSON have no place in it.
    public FilePosition Position => new(_atEnd ? _request.Range.End : _request.Range.Start, _reader.Position.Row);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            RecordBatch? batch = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
            _atEnd |= batch is null;
            return batch;
        }
        catch (SchemaWideningException e)
        {
            throw new SchemaWideningException(e.Column, e.From, e.To, ErrorPlace.InFile(_file.Name) with { Field = e.Place.Field });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _rows.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Passes on rows whose values do not fit: as JSON, since their lines are not those of the file.</summary>
    private sealed class DecodedRowErrors(IRowErrorHandler errors) : IRowErrorHandler
    {
        public void OnRowError(RowError error)
            => errors.OnRowError(error with { Form = RawForm.Json, Place = error.Place with { Line = null, Offset = null } });
    }
}
