using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Writes documents whose text stands in a column; where it is null and there is a nested document, that one.</summary>
internal sealed class ContentMaker : DocumentMaker
{
    private readonly DocumentColumns _documents;
    private readonly int _contentColumn;
    private readonly NestedMaker? _nested;
    private BinaryColumn _content = null!;

    public ContentMaker(string file, Schema schema, string layout, bool nested)
        : base(file)
    {
        _contentColumn = TextColumn(schema, "content", layout);
        _documents = new DocumentColumns(schema);
        _nested = nested ? new NestedMaker(file, schema) : null;
    }

    public override void Add(int row, DocumentFile target)
    {
        if (_nested is not null && _content.IsNull(row))
        {
            _nested.Add(row, target);
            return;
        }

        target.Add(_documents.Id(row), _documents.Moment(row), _content.IsNull(row) ? default : _content[row]);
    }

    public override void Dispose()
    {
        base.Dispose();
        _documents.Dispose();
        _nested?.Dispose();
    }

    protected override void Bind(IReadOnlyList<Column> columns)
    {
        _documents.Bind(columns);
        _content = (BinaryColumn)columns[_contentColumn];
        _nested?.BindColumns(columns);
    }
}
