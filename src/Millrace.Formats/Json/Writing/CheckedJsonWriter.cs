using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>
/// JSON text becomes part of the file as it is, on one line. What is not JSON, which a conversion may have called so,
/// becomes a text.
/// </summary>
internal sealed class CheckedJsonWriter(JsonOptions options) : JsonValueWriter<BinaryColumn>, IDisposable
{
    private readonly JsonSegment _segment = new(VectorWidths.Default, options.MaxDepth);
    private readonly JsonScratch _scratch = new();

    public override void WriteValue(int row, ByteBuffer target)
    {
        ReadOnlySpan<byte> value = Column[row];
        if (!IsJson(value))
        {
            JsonString.Write(value, target);
            return;
        }

        // Line breaks are white space here: within texts they would not be JSON.
        int start = target.Length;
        target.Write(value);
        Span<byte> written = target.Written[start..];
        written.Replace((byte)'\n', (byte)' ');
        written.Replace((byte)'\r', (byte)' ');
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
