using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>The columns that tell which document a row belongs to: <c>doc_id</c> and <c>extracted_at</c>, each if it is there.</summary>
internal sealed class DocumentColumns : IDisposable
{
    private readonly ByteBuffer _scratch = new();
    private readonly int _id;
    private readonly int _moment;
    private readonly JsonValueWriter? _idWriter;
    private readonly JsonValueWriter? _momentWriter;

    public DocumentColumns(Schema schema)
    {
        var factory = new JsonWriterFactory();
        _id = schema.IndexOf("doc_id");
        _idWriter = _id < 0 ? null : factory.Create(schema[_id]);
        _moment = schema.IndexOf("extracted_at");
        _moment = _moment >= 0 && schema[_moment].Type is { Id: TypeId.Timestamp } ? _moment : -1;
        _momentWriter = _moment < 0 ? null : factory.Create(schema[_moment]);
    }

    public bool HasId => _id >= 0;

    public void Bind(IReadOnlyList<Column> columns)
    {
        _idWriter?.Bind(columns[_id]);
        _momentWriter?.Bind(columns[_moment]);
    }

    /// <summary>UTF-8 text of a row's id; null if it has none.</summary>
    public byte[]? Id(int row) => Text(_idWriter, row);

    /// <summary>Text of a row's moment; empty if it has none.</summary>
    public byte[] Moment(int row) => Text(_momentWriter, row) ?? [];

    public void Dispose() => _scratch.Dispose();

    private byte[]? Text(JsonValueWriter? writer, int row)
    {
        if (writer is null || writer.IsNull(row))
        {
            return null;
        }

        _scratch.Truncate();
        writer.Write(row, _scratch);
        return JsonToken.TryDecode(_scratch.Written, out string? text) ? System.Text.Encoding.UTF8.GetBytes(text) : _scratch.Written.ToArray();
    }
}
