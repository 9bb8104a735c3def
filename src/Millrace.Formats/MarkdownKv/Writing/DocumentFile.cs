using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Puts documents one after the other, with lines between them. One thread uses it.</summary>
internal sealed class DocumentFile(IByteTarget target, MarkdownKvOptions options) : IAsyncDisposable
{
    private readonly TextOutput _output = new(target, options.CodecOrNull ?? FileCodecs.Detect(target.Name, []), options.CompressionLevel);
    private bool _any;

    /// <summary>What the user calls the file.</summary>
    public string Name => target.Name;

    public TextOutput Output => _output;

    /// <param name="id">UTF-8 text of the id; null if there is none.</param>
    /// <param name="moment">Text of the moment; empty if there is none.</param>
    /// <param name="text">The document.</param>
    public void Add(byte[]? id, ReadOnlySpan<byte> moment, ReadOnlySpan<byte> text)
    {
        if (text.Length > options.MaxDocumentBytes)
        {
            throw MarkdownKvErrors.DocumentTooLong(Name, id is null ? "" : System.Text.Encoding.UTF8.GetString(id), options.MaxDocumentBytes);
        }

        ByteBuffer buffer = _output.Buffer;
        bool isPlainFirst = !_any && id is null && moment.Length == 0 && text.IndexOfAnyExcept(" \t\r\n"u8) >= 0 && !text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);
        if (!isPlainFirst)
        {
            if (_any)
            {
                buffer.Write((byte)'\n');
            }

            DocumentSeparator.Write(id ?? [], id is not null, moment, buffer);
        }

        _any = true;
        WriteEscaped(text, buffer);
    }

    public ValueTask DisposeAsync() => _output.DisposeAsync();

    private static void WriteEscaped(ReadOnlySpan<byte> text, ByteBuffer buffer)
    {
        if (text.IndexOf("<!-- document"u8) < 0)
        {
            buffer.Write(text);
            return;
        }

        for (int at = 0; at < text.Length;)
        {
            int start = at;
            if (DocumentSeparator.IsEscapable(KvLine.Read(text, at, out at)))
            {
                buffer.Write((byte)'\\');
            }

            buffer.Write(text[start..at]);
        }
    }
}
