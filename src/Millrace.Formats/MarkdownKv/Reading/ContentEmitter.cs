using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>A row a document: its text as it stands.</summary>
internal sealed class ContentEmitter(MarkdownKvOptions options, ByteBuffer rows) : DocumentEmitter(options, rows)
{
    public override bool NeedsParts => false;

    public override void FrontMatter(ReadOnlySpan<byte> json)
    {
    }

    public override void Heading(int level, ReadOnlySpan<byte> title)
    {
    }

    public override void Entry(ReadOnlySpan<byte> key, KvValue value)
    {
    }

    public override void Prose(KvValue text)
    {
    }

    public override void End(ReadOnlySpan<byte> content)
    {
        Rows.Write("{\"doc_id\":"u8);
        Rows.Write(Id);
        Rows.Write(",\"content\":"u8);
        JsonString.Write(content, Rows);
        Rows.Write(",\"extracted_at\":"u8);
        Rows.Write(Moment);
        Rows.Write("}\n"u8);
    }
}
