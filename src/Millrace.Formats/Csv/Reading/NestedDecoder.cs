using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Columns of lists, structs and maps, whose values are JSON texts.</summary>
internal sealed unsafe class NestedDecoder : ColumnDecoder
{
    private readonly JsonSegment _segment;
    private readonly JsonScratch _scratch = new();
    private readonly Json.ColumnDecoder _values;
    private NativeBuffer? _json;

    public NestedDecoder(int fileColumn, int number, Field field, int capacity, FieldText text)
        : base(fileColumn, number, ColumnBuilder.Create(field.Type, capacity), text)
    {
        var json = new JsonOptions();
        _segment = new JsonSegment(VectorWidths.Default, json.MaxDepth);
        var options = new DecoderOptions(Declared: true, json.LoneSurrogates, json.Bytes, JsonUnknownFields.Ignore, _scratch);
        try
        {
            _values = Json.DecoderFactory.Create(field.WithNullable(true), Builder, options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Decode(RowSet rows, FieldFaults faults)
    {
        int first = Builder.Length;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!TryGetText(rows, row, out ReadOnlySpan<byte> value))
            {
                Builder.AppendNull();
            }
            else if (!TryRead(value))
            {
                Builder.Truncate(first + row);
                Builder.AppendNull();
                faults.Add(row, Number);
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _segment.Dispose();
        _scratch.Dispose();
        _json?.Dispose();
        _json = null;
    }

    // The tokenizer of JSON reads beyond the text and marks its end there.
    private bool TryRead(ReadOnlySpan<byte> value)
    {
        int size = value.Length + 1 + JsonIndexer.Overread;
        if (_json is null || _json.Capacity < size)
        {
            _json?.Dispose();
            _json = null;
            _json = BufferPool.Rent(size);
        }

        value.CopyTo(_json.Span);
        _segment.Index(_json.Pointer, 0, value.Length, value.Length, lines: false);
        uint* token = _segment.Tokens;
        return token < _segment.End && _values.Read(_segment, token) == _segment.End;
    }
}
