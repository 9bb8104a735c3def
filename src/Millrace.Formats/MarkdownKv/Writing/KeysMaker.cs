using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Makes a document of the rows that follow each other with one id.</summary>
internal sealed class KeysMaker : DocumentMaker
{
    private readonly DocumentColumns _documents;
    private readonly int _sectionColumn;
    private readonly int _keyColumn;
    private readonly int _valueColumn;
    private readonly int _jsonColumn;
    private readonly int _limit;
    private BinaryColumn? _sections;
    private BinaryColumn _keys = null!;
    private BinaryColumn _values = null!;
    private BinaryColumn? _json;
    private bool _isOpen;
    private byte[]? _id;
    private byte[] _moment = [];
    private string _section = "";

    public KeysMaker(string file, Schema schema, MarkdownKvOptions options)
        : base(file)
    {
        _limit = options.MaxDocumentBytes;
        _sectionColumn = TextColumn(schema, "section");
        _keyColumn = TextColumn(schema, "key", "keys");
        _valueColumn = TextColumn(schema, "value", "keys");
        _jsonColumn = TextColumn(schema, "value_json");
        _documents = new DocumentColumns(schema);
    }

    public override void Add(int row, DocumentFile target)
    {
        byte[]? id = _documents.Id(row);
        if (!_isOpen || !id.AsSpan().SequenceEqual(_id) || id is null != _id is null)
        {
            Finish(target);
            Document.Begin();
            _isOpen = true;
            _id = id;
            _moment = _documents.Moment(row);
            _section = "";
        }

        AddEntry(row);
        if (Document.Text.Length > _limit)
        {
            throw MarkdownKvErrors.DocumentTooLong(File, Encoding.UTF8.GetString(_id ?? []), _limit);
        }
    }

    public override void Finish(DocumentFile target)
    {
        if (_isOpen)
        {
            Document.Body();
            target.Add(_id, _moment, Document.Text.Written);
            _isOpen = false;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _documents.Dispose();
    }

    protected override void Bind(IReadOnlyList<Column> columns)
    {
        _documents.Bind(columns);
        _sections = _sectionColumn < 0 ? null : (BinaryColumn)columns[_sectionColumn];
        _keys = (BinaryColumn)columns[_keyColumn];
        _values = (BinaryColumn)columns[_valueColumn];
        _json = _jsonColumn < 0 ? null : (BinaryColumn)columns[_jsonColumn];
    }

    private void AddEntry(int row)
    {
        bool isJson = _json is not null && !_json.IsNull(row);
        bool isNull = !isJson && _values.IsNull(row);
        if (_sections is not null && _sections.IsNull(row) && !_keys.IsNull(row) && TryFrontMatter(row, isJson, isNull))
        {
            return;
        }

        string section = _sections is null || _sections.IsNull(row) ? "" : Encoding.UTF8.GetString(_sections[row]);
        if (section != _section)
        {
            Document.Section(SectionPath.Split(section));
            _section = section;
        }

        if (_keys.IsNull(row))
        {
            Document.Prose(isNull ? default : isJson ? _json![row] : _values[row]);
        }
        else if (isNull)
        {
            Document.JsonEntry(_keys[row], "null"u8);
        }
        else if (isJson)
        {
            Document.JsonEntry(_keys[row], _json![row]);
        }
        else
        {
            Document.TextEntry(_keys[row], _values[row], asJson: false);
        }
    }

    private bool TryFrontMatter(int row, bool isJson, bool isNull)
    {
        string name = Encoding.UTF8.GetString(_keys[row]);
        if (isNull)
        {
            return Document.TryFrontMatter(name, "null"u8);
        }

        if (isJson)
        {
            byte[] line = _json![row].ToArray();
            line.AsSpan().Replace((byte)'\n', (byte)' ');
            line.AsSpan().Replace((byte)'\r', (byte)' ');
            return Document.TryFrontMatter(name, line);
        }

        return Document.TryFrontMatter(name, JsonString.Quote(Encoding.UTF8.GetString(_values[row])));
    }
}
