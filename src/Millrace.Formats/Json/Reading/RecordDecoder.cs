using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Decodes records of a segment into the columns of a batch. Owns the builders; one thread uses it.</summary>
internal sealed unsafe class RecordDecoder : RecordSink, IDisposable
{
    private readonly Schema _schema;
    private readonly ColumnBuilder[] _builders;
    private readonly ObjectDecoder _record;
    private readonly JsonScratch _scratch = new();
    private readonly RecordFaults _faults;

    public RecordDecoder(JsonSegment segment, FileInspection inspection, FileReadRequest request, JsonOptions options, string file)
        : base(segment)
    {
        _schema = request.Columns;
        bool all = inspection.Schema.Fields.All(f => _schema.IndexOf(f.Name) >= 0);
        JsonUnknownFields nested = options.UnknownFields == JsonUnknownFields.Widen && !inspection.IsInferred ? JsonUnknownFields.Ignore : options.UnknownFields;
        JsonUnknownFields unknown = nested == JsonUnknownFields.Widen && !all ? JsonUnknownFields.Ignore : nested;
        _builders = new ColumnBuilder[_schema.Count];
        try
        {
            var columns = new ColumnDecoder[_schema.Count];
            for (int i = 0; i < columns.Length; i++)
            {
                Field field = _schema[i];
                bool declared = request.Declared.Contains(field.Name);
                _builders[i] = ColumnBuilder.Create(field.Type, BatchSize.Rows(_schema, Math.Min(request.BatchRows, RecordBatch.DefaultRows)));
                columns[i] = DecoderFactory.Create(field, _builders[i], Of(options, nested, declared));
            }

            var table = new FieldTable([.. _schema.Fields.Select(f => f.Name)], inspection.Schema.Fields.Select(f => f.Name));
            _record = new ObjectDecoder(columns, table, unknown, Of(options, unknown, declared: false));
            _faults = new RecordFaults(file, _schema, request, options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override uint* Read(uint* token)
        => Segment.Text[*token] == '{' ? _record.Read(Segment, token + 1, Rows) : Segment.Fail(JsonFault.NotAnObject, token);

    public override void Retract() => _record.Truncate(Rows);

    /// <summary>
    /// Takes back what a failed record left and reports it, or asks for a wider schema where the record is good and a type was
    /// guessed too narrow.
    /// </summary>
    public override void Reject(uint* token, uint start, uint end, ErrorPlace place)
    {
        Retract();
        var raw = new ReadOnlySpan<byte>(Segment.Text + start, (int)(end - start));
        _faults.Report(Segment, token, raw, place);
    }

    public override void Reject(ErrorCode code, string message, ReadOnlySpan<byte> raw, ErrorPlace place) => _faults.Report(code, message, raw, place);

    /// <summary>The rows as a batch, which the caller owns.</summary>
    public RecordBatch Build()
    {
        int rows = Rows;
        Rows = 0;
        IsFull = false;
        var columns = new Column[_builders.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = _builders[i].Build();
        }

        return new RecordBatch(_schema, rows, columns);
    }

    public void Dispose()
    {
        foreach (ColumnBuilder? builder in _builders)
        {
            builder?.Dispose();
        }

        _scratch.Dispose();
    }

    private DecoderOptions Of(JsonOptions options, JsonUnknownFields unknown, bool declared)
        => new(declared, options.LoneSurrogates, options.Bytes, declared && unknown == JsonUnknownFields.Widen ? JsonUnknownFields.Ignore : unknown, _scratch);
}
