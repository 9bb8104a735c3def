using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats;
using Millrace.Formats.Json;

[assembly: FileFormat(typeof(JsonFormat))]

namespace Millrace.Formats.Json;

/// <summary>JSON: objects a line, one after the other, or in one array (RFC 8259).</summary>
public sealed class JsonFormat : FileFormat
{
    public override string Name => "json";

    public override string Summary => "JSON objects: one a line, one after the other, or in an array. Types are found out from a sample, nested ones included.";

    public override IReadOnlyList<string> Extensions => ["jsonl", "json", "ndjson"];

    public override FormatCapabilities Capabilities { get; } = new()
    {
        CanRead = true,
        CanWrite = true,
        PushesProjection = true,
        Splittable = true,
        Nested = true,
        OpenSchema = true,
    };

    public override Type OptionsType => typeof(JsonOptions);

    public override int Recognise(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = TrimStart(head);
        if (text.Length == 0 || text[0] is not ((byte)'{' or (byte)'['))
        {
            return 0;
        }

        ReadOnlySpan<byte> next = text[1..].TrimStart(" \t\r\n"u8);
        return next.Length > 0 && next[0] is (byte)'"' or (byte)'{' or (byte)'}' or (byte)']' ? 60 : 10;
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> head)
        => (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..] : head).TrimStart(" \t\r\n"u8);

    public override ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
        => JsonInspector.InspectAsync(source, (JsonOptions)options, cancellation);

    public override IAsyncEnumerable<FileRange> PlanAsync(IByteSource source, FileInspection inspection, long targetBytes, CancellationToken cancellation)
        => LinePlanner.PlanAsync(source, (JsonOptions)inspection.Options, targetBytes, cancellation);

    public override ValueTask<long?> FindCompleteEndAsync(IByteSource source, FileInspection inspection, long start, CancellationToken cancellation)
        => LinePlanner.FindCompleteEndAsync(source, (JsonOptions)inspection.Options, start, cancellation);

    public override bool NeedsEnd(ReadOnlySpan<byte> head, FormatOptions options)
        => options is JsonOptions { Records: not null } or JsonOptions { Layout: JsonLayout.Array }
            || (options is JsonOptions { Layout: JsonLayout.Auto } && TrimStart(head) is [(byte)'[', ..]);

    public override async ValueTask CheckEndAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
    {
        if (!await DocumentEnd.IsThereAsync(source, cancellation).ConfigureAwait(false))
        {
            throw JsonErrors.ArrayNotClosed(ErrorPlace.AtOffset(source.Name, source.Length));
        }
    }

    public override bool IsOpenEnded(FormatOptions options)
        => options is JsonOptions { Layout: not JsonLayout.Array, Records: null, CodecOrNull: null or FileCodec.None };

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request)
        => new JsonReader(source, inspection, request, FeedSizes.Default);

    public override FileInspection? OfSingleRow(FileInspection file)
        => file with { Options = (JsonOptions)file.Options with { Layout = JsonLayout.Concatenated, Records = null, Encoding = "utf-8", Compression = "none" } };

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options)
        => new JsonWriter(target, schema, (JsonOptions)options);
}
