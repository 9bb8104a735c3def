using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Ids and moments of the documents of a file: what the line before a document says, else the name of the file.</summary>
internal sealed class DocumentNames
{
    private readonly string _stem;
    private readonly string? _id;
    private readonly byte[] _moment;

    public DocumentNames(string file, MarkdownKvOptions options)
    {
        (string? id, string? moment) = options.PathPattern is { } pattern ? new DocumentPathPattern(pattern).Match(file) : default;
        string plain = file[..^FileCodecs.Ending(file).Length];
        _stem = Path.GetFileNameWithoutExtension(plain);
        _id = id;
        _moment = Encoding.UTF8.GetBytes(moment ?? options.ExtractedAt ?? throw new InvalidOperationException("The inspection resolves extracted_at."));
    }

    /// <summary>The id of a document as a JSON string.</summary>
    public byte[] Id(DocumentFeed document)
        => document.Id.Length > 0 ? document.Id
            : JsonString.Quote(document.Count == 1 ? _id ?? _stem : string.Create(CultureInfo.InvariantCulture, $"{_id ?? _stem}#{document.Count}"));

    /// <summary>The moment of a document as a JSON string.</summary>
    public byte[] Moment(DocumentFeed document) => [(byte)'"', .. document.Moment.Length > 0 ? document.Moment : _moment, (byte)'"'];
}
