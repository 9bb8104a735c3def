using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Json;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Makes a document of each row: a key a column.</summary>
internal sealed class TableMaker : DocumentMaker
{
    private readonly ByteBuffer _scratch = new();
    private readonly WriterFactory _factory = new(new JsonOptions { Bytes = JsonBytes.Hex });
    private readonly byte[][] _names;
    private readonly JsonValueWriter[] _writers;
    private readonly bool _writeNulls;

    public TableMaker(string file, Schema schema, MarkdownKvOptions options)
        : base(file)
    {
        _writeNulls = options.WriteNulls;
        _names = [.. schema.Fields.Select(f => Encoding.UTF8.GetBytes(f.Name))];
        _writers = [.. schema.Fields.Select(_factory.Create)];
    }

    public override void Add(int row, DocumentFile target)
    {
        Document.Begin();
        for (int i = 0; i < _writers.Length; i++)
        {
            if (_writers[i].IsNull(row))
            {
                if (_writeNulls)
                {
                    Document.JsonEntry(_names[i], "null"u8);
                }

                continue;
            }

            _scratch.Truncate();
            _writers[i].WriteValue(row, _scratch);
            if (_scratch.Written is [(byte)'"', ..] && JsonToken.TryDecode(_scratch.Written, out string? text))
            {
                Document.TextEntry(_names[i], Encoding.UTF8.GetBytes(text), asJson: true);
            }
            else
            {
                Document.JsonEntry(_names[i], _scratch.Written);
            }
        }

        target.Add(null, [], Document.Text.Written);
    }

    public override void Dispose()
    {
        base.Dispose();
        _scratch.Dispose();
        _factory.Dispose();
    }

    protected override void Bind(IReadOnlyList<Column> columns)
    {
        for (int i = 0; i < _writers.Length; i++)
        {
            _writers[i].Bind(columns[i]);
        }
    }
}
