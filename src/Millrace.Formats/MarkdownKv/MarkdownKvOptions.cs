using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>How documents stand in a table.</summary>
public enum MarkdownKvLayout
{
    /// <summary>Read: <see cref="Keys"/>. Written: told by the names of the columns, <see cref="Table"/> where they tell nothing.</summary>
    Auto,

    /// <summary>A row a key: <c>doc_id, section, key, value, value_json, ord, extracted_at</c>.</summary>
    Keys,

    /// <summary>A row a document, its text in one column: <c>doc_id, content, extracted_at</c>.</summary>
    Text,

    /// <summary>A row a document, nested: <c>doc_id, document, extracted_at</c>.</summary>
    Document,

    /// <summary>A row a document, as text and nested: <c>doc_id, content, document, extracted_at</c>.</summary>
    Both,

    /// <summary>A row a document, a column a key.</summary>
    Table,
}

/// <summary>What becomes of text that is no key, heading or comment.</summary>
public enum MarkdownKvProse
{
    /// <summary>Kept: in rows without a key, or as the text of a section. A table has no place for it.</summary>
    Keep,

    /// <summary>Left out.</summary>
    Ignore,

    /// <summary>The document is a bad row.</summary>
    Fail,
}

/// <summary>How Markdown documents become rows and rows become documents.</summary>
public record MarkdownKvOptions : FormatOptions
{
    [Description("How documents stand in the table: keys (a row a key), text (one column of text), document (nested), both (text and nested), table (a column a key). `auto` reads keys, and writes what the names of the columns tell.")]
    public MarkdownKvLayout Layout { get; init; }

    [Description("How names of files are made up, from their end: text with `{doc_id}`, `{date}` and `{timestamp}` in it, such as `{date}/{doc_id}.md`. Read from the names; a file that does not fit takes its id from its name.")]
    public string? PathPattern { get; init; }

    [Description("What becomes of text that is no key: keep, ignore, fail (a bad row).")]
    public MarkdownKvProse Prose { get; init; }

    [Description("The moment that extracted_at tells where neither the document nor its name does. Left out, the moment at which the file is first looked at.")]
    public string? ExtractedAt { get; init; }

    [Description("Encoding of the text: utf-8, utf-16le, utf-16be, latin-1, windows-1252. Told by the first bytes if left out. Files are written in UTF-8.")]
    public string? Encoding { get; init; }

    [Description("Compression of the whole file: none, gzip, zstd, bzip2 (read only). Told by the first bytes or the file name if left out.")]
    public string? Compression { get; init; }

    [Description("Level of the compression of a written file; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("Longest document, in bytes. A longer one is a bad row.")]
    [Range(64, 32 << 20)]
    public int MaxDocumentBytes { get; init; } = 4 << 20;

    [Description("Most keys, headings and paragraphs of a document. One with more is a bad row.")]
    [Range(1, 10_000_000)]
    public int MaxKeys { get; init; } = 100_000;

    [Description("Documents that are looked at to find out the columns of a table.")]
    [Range(1, int.MaxValue)]
    public int SampleRows { get; init; } = 20_000;

    [Description("Whether keys of a table that are null are written, or left out.")]
    public bool WriteNulls { get; init; }

    internal FileCodec? CodecOrNull => Compression is null ? null : FileCodecs.Parse(Compression);

    internal TextEncoding? EncodingOrNull => Encoding is null ? null : TextEncodings.Parse(Encoding);

    public override IEnumerable<string> Validate()
    {
        if (Encoding is not null && !TextEncodings.TryParse(Encoding, out _))
        {
            yield return $"There is no encoding '{Encoding}'.";
        }

        if (ExtractedAt is not null && !TimestampText.TryParse(System.Text.Encoding.UTF8.GetBytes(ExtractedAt), TimeUnit.Microsecond, instant: true, out _, out _))
        {
            yield return $"The option 'extracted_at' takes a timestamp such as 2026-01-31T08:00:00Z, found '{ExtractedAt}'.";
        }

        if (PathPattern is not null && DocumentPathPattern.Fault(PathPattern) is { } fault)
        {
            yield return fault;
        }
    }
}
