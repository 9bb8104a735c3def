namespace Millrace.Formats.Json;

/// <summary>Looks at records to find out their types. Bad ones are passed over: reading will report them.</summary>
internal sealed unsafe class RecordSampler(JsonSegment segment, JsonOptions options, string file) : RecordSink(segment)
{
    private readonly JsonShape _shape = new(options);

    /// <summary>The fields of the records, in the order in which they were seen.</summary>
    public IEnumerable<Columnar.Field> Fields => _shape.Fields();

    public override uint* Read(uint* token)
    {
        if (Segment.Text[*token] != '{')
        {
            return Segment.Fail(JsonFault.NotAnObject, token);
        }

        uint* end = JsonSyntax.Check(Segment, token);
        if (end != null)
        {
            _shape.Add(Segment, token);
            if (_shape.FieldCount > options.MaxColumns)
            {
                throw JsonErrors.TooManyColumns(ErrorPlace.InFile(file), options.MaxColumns);
            }
        }

        return end;
    }

    public override void Retract()
    {
    }

    public override void Reject(uint* token, uint start, uint end, ErrorPlace place)
    {
    }

    public override void Reject(ErrorCode code, string message, ReadOnlySpan<byte> raw, ErrorPlace place)
    {
    }
}
