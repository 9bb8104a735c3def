using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

internal sealed class TextWriter : ValueWriter<BinaryColumn>
{
    public override bool WritesText => true;

    public override void WriteValue(TextOutput output, int row) => JsonEscape.Write(output, Column[row]);
}

/// <summary>
/// JSON text becomes part of the file as it is, on one line. What is not JSON, which a conversion may have called so,
/// becomes a text.
/// </summary>
internal sealed class RawWriter(JsonOptions options) : ValueWriter<BinaryColumn>, IDisposable
{
    private readonly JsonSegment _segment = new(VectorWidths.Default, options.MaxDepth);
    private readonly JsonScratch _scratch = new();

    public override void WriteValue(TextOutput output, int row)
    {
        ReadOnlySpan<byte> value = Column[row];
        if (!IsJson(value))
        {
            JsonEscape.Write(output, value);
            return;
        }

        // Line breaks are white space here: within texts they would not be JSON.
        Span<byte> target = output.GetSpan(value.Length);
        value.CopyTo(target);
        target = target[..value.Length];
        target.Replace((byte)'\n', (byte)' ');
        target.Replace((byte)'\r', (byte)' ');
        output.Advance(value.Length);
    }

    public void Dispose()
    {
        _segment.Dispose();
        _scratch.Dispose();
    }

    private unsafe bool IsJson(ReadOnlySpan<byte> value)
    {
        byte* copy = _scratch.Get(value.Length + JsonIndexer.Overread + 1);
        value.CopyTo(new Span<byte>(copy, value.Length));
        _segment.Index(copy, 0, value.Length, value.Length, lines: false);
        return _segment.End > _segment.Tokens && JsonSyntax.Check(_segment, _segment.Tokens) == _segment.End && !_segment.NeedsUtf8Check;
    }
}
