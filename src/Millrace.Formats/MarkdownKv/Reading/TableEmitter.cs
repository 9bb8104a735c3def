using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>A row a document, a column a key. Keys in sections have the section before them, with a slash.</summary>
internal sealed class TableEmitter(MarkdownKvOptions options, ByteBuffer rows) : DocumentEmitter(options, rows)
{
    private readonly KeyValues _members = new();
    private SectionPath _path = new();

    public override void Begin(byte[] id, byte[] moment)
    {
        base.Begin(id, moment);
        Scratch.Truncate();
        _members.Clear();
        _path = new SectionPath();
    }

    public override void FrontMatter(ReadOnlySpan<byte> json)
    {
        using JsonDocument parsed = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = 2 * JsonToken.MaxDepth });
        foreach (JsonProperty member in parsed.RootElement.EnumerateObject())
        {
            int start = Scratch.Length;
            Scratch.Write(Encoding.UTF8.GetBytes(member.Value.GetRawText()));
            _members.Add(member.Name, start, Scratch.Length - start);
        }
    }

    public override void Heading(int level, ReadOnlySpan<byte> title) => _path.Enter(level, title);

    public override void Entry(ReadOnlySpan<byte> key, KvValue value)
    {
        if (!Takes())
        {
            return;
        }

        int start = Scratch.Length;
        WriteJson(value, Scratch);
        string name = KvLine.Name(key);
        _members.Add(_path.Text.Length == 0 ? name : $"{_path.Text}/{name}", start, Scratch.Length - start);
    }

    public override void Prose(KvValue text) => HadProse = true;

    public override void End(ReadOnlySpan<byte> content)
    {
        Rows.Write((byte)'{');
        _members.WriteMembers(Scratch, Rows);
        Rows.Write("}\n"u8);
    }
}
