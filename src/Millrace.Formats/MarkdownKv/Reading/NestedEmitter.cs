using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// A row a document, as one JSON object with the members <c>front_matter</c>, <c>fields</c>, <c>text</c> and <c>sections</c>, each
/// where there is something to tell. A section has <c>title</c> and the same members but the first.
/// </summary>
internal sealed class NestedEmitter(MarkdownKvOptions options, ByteBuffer rows, bool withContent, bool prose) : DocumentEmitter(options, rows)
{
    private readonly List<Section> _open = [];
    private Section _root = new(0, "");
    private byte[] _frontMatter = [];

    public override void Begin(byte[] id, byte[] moment)
    {
        base.Begin(id, moment);
        Scratch.Truncate();
        _root = new Section(0, "");
        _open.Clear();
        _open.Add(_root);
        _frontMatter = [];
    }

    public override void FrontMatter(ReadOnlySpan<byte> json) => _frontMatter = json.ToArray();

    public override void Heading(int level, ReadOnlySpan<byte> title)
    {
        _open.RemoveAll(s => s.Level >= level);
        if (title.Length > 0 && Takes())
        {
            var section = new Section(level, KvLine.Name(title));
            _open[^1].Sections.Add(section);
            _open.Add(section);
        }
    }

    public override void Entry(ReadOnlySpan<byte> key, KvValue value)
    {
        if (!Takes())
        {
            return;
        }

        int start = Scratch.Length;
        WriteJson(value, Scratch);
        _open[^1].Fields.Add(KvLine.Name(key), start, Scratch.Length - start);
    }

    public override void Prose(KvValue text)
    {
        HadProse = true;
        if (prose && Takes())
        {
            StringBuilder all = _open[^1].Text;
            all.Append(all.Length > 0 ? "\n\n" : "").Append(text.Kind == KvKind.QuotedText && JsonToken.TryDecode(text.Span, out string? quoted) ? quoted : Encoding.UTF8.GetString(text.Span));
        }
    }

    public override void End(ReadOnlySpan<byte> content)
    {
        Rows.Write("{\"doc_id\":"u8);
        Rows.Write(Id);
        if (withContent)
        {
            Rows.Write(",\"content\":"u8);
            JsonString.Write(content, Rows);
        }

        Rows.Write(",\"document\":{"u8);
        bool any = _frontMatter.Length > 0;
        if (any)
        {
            Rows.Write("\"front_matter\":"u8);
            Rows.Write(_frontMatter);
        }

        WriteMembers(_root, any);
        Rows.Write("},\"extracted_at\":"u8);
        Rows.Write(Moment);
        Rows.Write("}\n"u8);
    }

    private void WriteMembers(Section section, bool any)
    {
        if (!section.Fields.IsEmpty)
        {
            Rows.Write(any ? ",\"fields\":{"u8 : "\"fields\":{"u8);
            section.Fields.WriteMembers(Scratch, Rows);
            Rows.Write((byte)'}');
            any = true;
        }

        if (section.Text.Length > 0)
        {
            Rows.Write(any ? ",\"text\":"u8 : "\"text\":"u8);
            JsonString.Write(Encoding.UTF8.GetBytes(section.Text.ToString()), Rows);
            any = true;
        }

        for (int i = 0; i < section.Sections.Count; i++)
        {
            Rows.Write(i > 0 ? ","u8 : any ? ",\"sections\":["u8 : "\"sections\":["u8);
            Rows.Write("{\"title\":"u8);
            JsonString.Write(Encoding.UTF8.GetBytes(section.Sections[i].Title), Rows);
            WriteMembers(section.Sections[i], any: true);
            Rows.Write((byte)'}');
        }

        if (section.Sections.Count > 0)
        {
            Rows.Write((byte)']');
        }
    }

    private sealed class Section(int level, string title)
    {
        public int Level => level;

        public string Title => title;

        public KeyValues Fields { get; } = new();

        public StringBuilder Text { get; } = new();

        public List<Section> Sections { get; } = [];
    }
}
