using System.Buffers;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>A record inside of itself, as JSON text.</summary>
internal sealed class JsonTextNode(AvroType type, BinaryBuilder builder) : DecodeNode
{
    private readonly ArrayBufferWriter<byte> _text = new();

    public override void Decode(ref AvroCursor cursor)
    {
        _text.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_text, AvroJson.Options))
        {
            AvroJson.Write(ref cursor, type, json);
        }

        builder.Append(_text.WrittenSpan);
    }
}
