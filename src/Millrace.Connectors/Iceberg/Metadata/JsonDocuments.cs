using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Millrace.Connectors.Iceberg;

/// <summary>JSON in and out, with the limits that all documents of a table share.</summary>
internal static class JsonDocuments
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 128, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static MetadataNode Parse(ReadOnlyMemory<byte> utf8, string file)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw IcebergErrors.Metadata(file, "", "it is not in UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Limits);
            return new MetadataNode(document.RootElement.Clone(), "", file);
        }
        catch (JsonException e)
        {
            throw IcebergErrors.Metadata(file, "", $"it is no JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})");
        }
    }

    public static byte[] WriteBytes(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Compact))
        {
            write(json);
        }

        return text.WrittenSpan.ToArray();
    }

    public static string Write(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(WriteBytes(write));
}
