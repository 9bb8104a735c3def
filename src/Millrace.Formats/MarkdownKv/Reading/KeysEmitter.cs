using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>A row a key. The section of front matter is null; prose has no key.</summary>
internal sealed class KeysEmitter(MarkdownKvOptions options, ByteBuffer rows, bool prose) : DocumentEmitter(options, rows)
{
    private SectionPath _path = new();
    private byte[] _section = "\"\""u8.ToArray();
    private int _ord;

    public override void Begin(byte[] id, byte[] moment)
    {
        base.Begin(id, moment);
        _path = new SectionPath();
        _section = "\"\""u8.ToArray();
        _ord = 0;
    }

    public override void FrontMatter(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 2 * JsonToken.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            ReadOnlySpan<byte> key = json.Slice(start, reader.ValueSpan.Length + 2);
            reader.Read();
            start = (int)reader.TokenStartIndex;
            JsonTokenType kind = reader.TokenType;
            reader.Skip();
            ReadOnlySpan<byte> value = json[start..(int)reader.BytesConsumed];
            Row("null"u8, key, new KvValue(kind switch { JsonTokenType.Null => KvKind.Null, JsonTokenType.String => KvKind.QuotedText, _ => KvKind.Json }, value));
        }
    }

    public override void Heading(int level, ReadOnlySpan<byte> title)
    {
        _path.Enter(level, title);
        _section = JsonString.Quote(_path.Text);
    }

    public override void Entry(ReadOnlySpan<byte> key, KvValue value) => Row(_section, key, value);

    public override void Prose(KvValue text)
    {
        HadProse = true;
        if (prose)
        {
            Row(_section, default, text);
        }
    }

    public override void End(ReadOnlySpan<byte> content)
    {
    }

    private void Row(ReadOnlySpan<byte> section, ReadOnlySpan<byte> key, KvValue value)
    {
        if (!Takes())
        {
            return;
        }

        ByteBuffer rows = Rows;
        rows.Write("{\"doc_id\":"u8);
        rows.Write(Id);
        rows.Write(",\"section\":"u8);
        rows.Write(section);
        rows.Write(",\"key\":"u8);
        if (key.Length == 0)
        {
            rows.Write("null"u8);
        }
        else
        {
            WriteName(key, rows);
        }

        rows.Write(",\"value\":"u8);
        WriteText(value);
        rows.Write(",\"value_json\":"u8);
        if (value.Kind is KvKind.Json or KvKind.JsonText)
        {
            WriteOnOneLine(value.Span, rows);
        }
        else
        {
            rows.Write("null"u8);
        }

        rows.Write(",\"ord\":"u8);
        rows.Write(Encoding.ASCII.GetBytes((++_ord).ToString(CultureInfo.InvariantCulture)));
        rows.Write(",\"extracted_at\":"u8);
        rows.Write(Moment);
        rows.Write("}\n"u8);
    }

    private void WriteText(KvValue value)
    {
        switch (value.Kind)
        {
            case KvKind.Null:
                Rows.Write("null"u8);
                break;
            case KvKind.Json:
                byte[] line = value.Span.ToArray();
                line.AsSpan().Replace((byte)'\n', (byte)' ');
                line.AsSpan().Replace((byte)'\r', (byte)' ');
                JsonString.Write(line, Rows);
                break;
            case KvKind.Text:
                JsonString.Write(value.Span, Rows);
                break;
            default:
                Rows.Write(value.Span);
                break;
        }
    }
}
