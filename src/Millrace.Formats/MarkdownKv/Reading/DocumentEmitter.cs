using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Turns the parts of a document into rows, which are written as lines of JSON. One subclass a layout.</summary>
internal abstract class DocumentEmitter(MarkdownKvOptions options, ByteBuffer rows) : DocumentVisitor, IDisposable
{
    private int _parts;

    protected ByteBuffer Rows => rows;

    /// <summary>Where values are put together.</summary>
    protected ByteBuffer Scratch { get; } = new();

    /// <summary>JSON string of the document's id.</summary>
    protected byte[] Id { get; private set; } = [];

    /// <summary>JSON string of the document's moment.</summary>
    protected byte[] Moment { get; private set; } = [];

    /// <summary>Whether the layout needs the parts of documents.</summary>
    public virtual bool NeedsParts => true;

    /// <summary>Whether the document has more parts than the limit, or its rows take too much; what came later is left out.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Whether the document held text that is no key.</summary>
    public bool HadProse { get; protected set; }

    /// <summary>Writes the rows of a document once its parts were told.</summary>
    public abstract void End(ReadOnlySpan<byte> content);

    public void Dispose() => Scratch.Dispose();

    /// <summary>Begins a document.</summary>
    public virtual void Begin(byte[] id, byte[] moment)
    {
        Id = id;
        Moment = moment;
        HadProse = false;
        IsTooLarge = false;
        _parts = 0;
    }

    /// <summary>Counts a part of the document; false if there are too many.</summary>
    protected bool Takes()
    {
        IsTooLarge |= ++_parts > options.MaxKeys || rows.Length + Scratch.Length > MaxRowBytes(options);
        return !IsTooLarge;
    }

    // Keys repeat the id and section of their document.
    private static long MaxRowBytes(MarkdownKvOptions options) => Math.Max(16 << 20, 4L * options.MaxDocumentBytes);

    public static DocumentEmitter Create(MarkdownKvOptions options, ByteBuffer rows)
    {
        bool prose = options.Prose == MarkdownKvProse.Keep;
        return options.Layout switch
        {
            MarkdownKvLayout.Text => new ContentEmitter(options, rows),
            MarkdownKvLayout.Document => new NestedEmitter(options, rows, withContent: false, prose),
            MarkdownKvLayout.Both => new NestedEmitter(options, rows, withContent: true, prose),
            MarkdownKvLayout.Table => new TableEmitter(options, rows),
            _ => new KeysEmitter(options, rows, prose),
        };
    }

    /// <summary>Appends a name as a JSON string.</summary>
    protected static void WriteName(ReadOnlySpan<byte> name, ByteBuffer target)
    {
        if (name is [(byte)'"', ..] && JsonToken.TryDecode(name, out _))
        {
            target.Write(name);
        }
        else
        {
            JsonString.Write(name, target);
        }
    }

    /// <summary>Appends a value as JSON: text becomes a string.</summary>
    protected static void WriteJson(KvValue value, ByteBuffer target)
    {
        switch (value.Kind)
        {
            case KvKind.Null:
                target.Write("null"u8);
                break;
            case KvKind.Text:
                JsonString.Write(value.Span, target);
                break;
            default:
                WriteOnOneLine(value.Span, target);
                break;
        }
    }

    /// <summary>Appends JSON; line ends, which stand between its values only, become blanks.</summary>
    protected static void WriteOnOneLine(ReadOnlySpan<byte> json, ByteBuffer target)
    {
        int start = target.Length;
        target.Write(json);
        foreach (ref byte b in target.Written[start..])
        {
            b = b is (byte)'\n' or (byte)'\r' ? (byte)' ' : b;
        }
    }
}
