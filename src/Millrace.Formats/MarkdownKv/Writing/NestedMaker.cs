using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// Writes nested documents: objects with the members that <see cref="NestedEmitter"/> gives them. Any other object is one
/// of fields.
/// </summary>
internal sealed class NestedMaker : DocumentMaker
{
    private static readonly string[] Members = ["front_matter", "fields", "text", "sections"];

    private readonly DocumentColumns _documents;
    private readonly int _column;
    private BinaryColumn _json = null!;

    public NestedMaker(string file, Schema schema)
        : base(file)
    {
        _column = TextColumn(schema, "document", "document");
        _documents = new DocumentColumns(schema);
    }

    public override void Add(int row, DocumentFile target)
    {
        byte[]? id = _documents.Id(row);
        Document.Begin();
        if (!_json.IsNull(row))
        {
            using JsonDocument parsed = Parse(_json[row], id);
            Write(parsed.RootElement);
        }

        Document.Body();
        target.Add(id, _documents.Moment(row), Document.Text.Written);
    }

    public void BindColumns(IReadOnlyList<Column> columns) => Bind(columns);

    public override void Dispose()
    {
        base.Dispose();
        _documents.Dispose();
    }

    protected override void Bind(IReadOnlyList<Column> columns)
    {
        _documents.Bind(columns);
        _json = (BinaryColumn)columns[_column];
    }

    private JsonDocument Parse(ReadOnlySpan<byte> json, byte[]? id)
    {
        JsonDocument parsed;
        try
        {
            parsed = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = 3 * JsonToken.MaxDepth });
        }
        catch (JsonException)
        {
            throw MarkdownKvErrors.NotADocument(File, Encoding.UTF8.GetString(id ?? []), "no JSON");
        }

        if (parsed.RootElement.ValueKind == JsonValueKind.Object)
        {
            return parsed;
        }

        string kind = parsed.RootElement.ValueKind.ToString().ToLowerInvariant();
        parsed.Dispose();
        throw MarkdownKvErrors.NotADocument(File, Encoding.UTF8.GetString(id ?? []), $"a JSON {kind}");
    }

    private void Write(JsonElement document)
    {
        bool hasShape = document.EnumerateObject().All(m => Members.Contains(m.Name) && IsOfShape(m));
        if (!hasShape)
        {
            Document.Body();
            Fields(document);
            return;
        }

        if (document.TryGetProperty("front_matter", out JsonElement frontMatter))
        {
            foreach (JsonProperty member in frontMatter.EnumerateObject())
            {
                Document.TryFrontMatter(member.Name, OneLine(member.Value));
            }
        }

        Document.Body();
        Section(document, level: 0);
    }

    private static bool IsOfShape(JsonProperty member) => member.Name switch
    {
        "text" => member.Value.ValueKind == JsonValueKind.String,
        "sections" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(s => s.ValueKind == JsonValueKind.Object),
        _ => member.Value.ValueKind == JsonValueKind.Object,
    };

    private void Section(JsonElement section, int level)
    {
        if (section.TryGetProperty("fields", out JsonElement fields) && fields.ValueKind == JsonValueKind.Object)
        {
            Fields(fields);
        }

        if (section.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String)
        {
            foreach (string paragraph in text.GetString()!.Split("\n\n"))
            {
                Document.Prose(Encoding.UTF8.GetBytes(paragraph));
            }
        }

        if (section.TryGetProperty("sections", out JsonElement sections) && sections.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement inner in sections.EnumerateArray())
            {
                string title = inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("title", out JsonElement found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : "";
                Document.Heading(level + 1, title);
                if (inner.ValueKind == JsonValueKind.Object)
                {
                    Section(inner, level + 1);
                }
            }
        }
    }

    private void Fields(JsonElement fields)
    {
        foreach (JsonProperty member in fields.EnumerateObject())
        {
            byte[] name = Encoding.UTF8.GetBytes(member.Name);
            if (member.Value.ValueKind == JsonValueKind.String && JsonToken.TryDecode(Encoding.UTF8.GetBytes(member.Value.GetRawText()), out string? text))
            {
                Document.TextEntry(name, Encoding.UTF8.GetBytes(text), asJson: true);
            }
            else
            {
                Document.JsonEntry(name, OneLine(member.Value));
            }
        }
    }

    private static byte[] OneLine(JsonElement value)
    {
        byte[] line = Encoding.UTF8.GetBytes(value.GetRawText());
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }
}
