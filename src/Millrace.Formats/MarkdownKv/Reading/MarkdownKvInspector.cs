using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Json;
using Millrace.Formats.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Tells the columns of a file: those of its layout or, of a table, those of the first documents.</summary>
internal static class MarkdownKvInspector
{
    // Escapes may make text six times as long.
    private const int Growth = 6;

    private static readonly DataType Moment = DataType.Timestamp(TimeUnit.Microsecond, "UTC");

    public static async ValueTask<FileInspection> InspectAsync(IByteSource source, MarkdownKvOptions options, CancellationToken cancellation)
    {
        MarkdownKvLayout layout = options.Layout == MarkdownKvLayout.Auto ? MarkdownKvLayout.Keys : options.Layout;
        MarkdownKvOptions resolved = options with { Layout = layout, ExtractedAt = options.ExtractedAt ?? Now() };
        var rows = new DocumentRows(source, resolved, errors: null, options.SampleRows);
        await using (rows.ConfigureAwait(false))
        {
            Schema schema;
            if (layout == MarkdownKvLayout.Table)
            {
                FileInspection found = await new JsonFormat().InspectAsync(rows, RowOptions(resolved), cancellation).ConfigureAwait(false);
                schema = found.Schema;
            }
            else
            {
                schema = SchemaOf(layout);
                await rows.ReadAsync(0, new byte[1], cancellation).ConfigureAwait(false);
            }

            string encoding = TextEncodings.Name(rows.Input!.Encoding);
            return new FileInspection
            {
                Schema = schema,
                Options = resolved with { Compression = FileCodecs.Name(rows.Input.Codec), Encoding = encoding },
                IsInferred = layout == MarkdownKvLayout.Table,
                Notes = [$"layout {layout.ToString().ToLowerInvariant()}", $"encoding {encoding}"],
            };
        }
    }

    /// <summary>How the rows of documents are read as lines of JSON.</summary>
    public static JsonOptions RowOptions(MarkdownKvOptions options) => new()
    {
        Layout = JsonLayout.Lines,
        Compression = "none",
        Encoding = "utf-8",
        MaxDepth = 3 * JsonToken.MaxDepth,
        LoneSurrogates = JsonLoneSurrogates.Replace,
        Bytes = JsonBytes.Hex,
        SampleRows = options.SampleRows,
        SampleBytes = 1 << 28,
        MaxRecordBytes = (int)Math.Min(1 << 28, ((long)options.MaxDocumentBytes * Growth) + (1 << 20)),
    };

    private static Schema SchemaOf(MarkdownKvLayout layout)
    {
        var id = new Field("doc_id", DataType.Utf8, nullable: false);
        var content = new Field("content", DataType.Utf8, nullable: false);
        var document = new Field("document", DataType.Json, nullable: false);
        var moment = new Field("extracted_at", Moment, nullable: false);
        return layout switch
        {
            MarkdownKvLayout.Text => new Schema(id, content, moment),
            MarkdownKvLayout.Document => new Schema(id, document, moment),
            MarkdownKvLayout.Both => new Schema(id, content, document, moment),
            _ => new Schema(
                id,
                new Field("section", DataType.Utf8),
                new Field("key", DataType.Utf8),
                new Field("value", DataType.Utf8),
                new Field("value_json", DataType.Json),
                new Field("ord", DataType.Int32, nullable: false),
                moment),
        };
    }

    private static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
