using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Formats.MarkdownKv;

[assembly: FileFormat(typeof(MarkdownKvFormat))]

namespace Millrace.Formats.MarkdownKv;

/// <summary>Markdown with <c>key:: value</c> lines, sections and front matter. The grammar is in the guide of the format.</summary>
public sealed class MarkdownKvFormat : FileFormat
{
    public override string Name => "markdown-kv";

    public override string Summary => "Markdown documents with `key:: value` lines, sections by headings and YAML front matter: as rows a key, as text, nested, or a row a document.";

    public override IReadOnlyList<string> Extensions => ["md", "markdown", "mdkv"];

    public override FormatCapabilities Capabilities { get; } = new()
    {
        CanRead = true,
        CanWrite = true,
        Nested = true,
        MultilineRows = true,
    };

    public override Type OptionsType => typeof(MarkdownKvOptions);

    public override int Recognise(ReadOnlySpan<byte> head) => KvLine.LooksLikeDocument(head) ? 50 : 0;

    public override ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
        => MarkdownKvInspector.InspectAsync(source, (MarkdownKvOptions)options, cancellation);

    public override bool IsOpenEnded(FormatOptions options) => options is MarkdownKvOptions { CodecOrNull: null or FileCodec.None };

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request)
        => new MarkdownKvReader(source, inspection, request);

    public override FileInspection? OfSingleRow(FileInspection file)
        => file with { Options = (MarkdownKvOptions)file.Options with { Encoding = "utf-8", Compression = "none" } };

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options)
        => new MarkdownKvWriter(target, schema, (MarkdownKvOptions)options);
}
