using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Makes documents of rows. One subclass a layout; one thread uses it.</summary>
internal abstract class DocumentMaker(string file) : IDisposable
{
    protected DocumentText Document { get; } = new();

    protected string File => file;

    public static DocumentMaker Create(string file, Schema schema, MarkdownKvOptions options)
    {
        MarkdownKvLayout layout = options.Layout == MarkdownKvLayout.Auto ? Tell(schema) : options.Layout;
        return layout switch
        {
            MarkdownKvLayout.Keys => new KeysMaker(file, schema, options),
            MarkdownKvLayout.Text => new ContentMaker(file, schema, "text", nested: false),
            MarkdownKvLayout.Both => new ContentMaker(file, schema, "both", nested: true),
            MarkdownKvLayout.Document => new NestedMaker(file, schema),
            _ => new TableMaker(file, schema, options),
        };
    }

    /// <summary>Takes a batch whose rows are added next; dispose what it returns behind the last of them.</summary>
    public IDisposable Bind(RecordBatch batch)
    {
        RecordBatch decoded = Dictionaries.Decode(batch);
        Bind(decoded.Columns);
        return decoded;
    }

    /// <summary>Adds a row of the batch.</summary>
    public abstract void Add(int row, DocumentFile target);

    /// <summary>Writes what waits for more rows.</summary>
    public virtual void Finish(DocumentFile target)
    {
    }

    public virtual void Dispose() => Document.Dispose();

    protected abstract void Bind(IReadOnlyList<Column> columns);

    /// <summary>The place of a column of text; -1 if there is none and it is not required.</summary>
    protected int TextColumn(Schema schema, string name, string? layout = null)
    {
        int index = schema.IndexOf(name);
        if (index < 0)
        {
            return layout is null ? -1 : throw MarkdownKvErrors.MissingColumn(file, layout, name, schema);
        }

        return schema[index].Type.IsText ? index : throw MarkdownKvErrors.ColumnType(file, schema[index], "text");
    }

    /// <summary>The names of columns that only documents have tell their layout.</summary>
    private static MarkdownKvLayout Tell(Schema schema)
        => schema.IndexOf("key") >= 0 && schema.IndexOf("value") >= 0 && schema.IndexOf("doc_id") >= 0 ? MarkdownKvLayout.Keys
            : schema.IndexOf("doc_id") < 0 ? MarkdownKvLayout.Table
            : schema.IndexOf("content") >= 0 ? schema.IndexOf("document") >= 0 ? MarkdownKvLayout.Both : MarkdownKvLayout.Text
            : schema.IndexOf("document") >= 0 ? MarkdownKvLayout.Document
            : MarkdownKvLayout.Table;
}
