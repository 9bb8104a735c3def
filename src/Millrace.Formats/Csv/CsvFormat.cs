using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Csv;

[assembly: Millrace.Formats.FileFormat(typeof(CsvFormat))]

namespace Millrace.Formats.Csv;

/// <summary>Comma-separated values and their relatives: RFC 4180 and what is found in its place.</summary>
public sealed class CsvFormat : FileFormat
{
    public override string Name => "csv";

    public override string Summary => "Rows of text with a delimiter between fields: comma, semicolon, tab or any other; dialect and types are found out.";

    public override IReadOnlyList<string> Extensions => FileEndings.All;

    public override FormatCapabilities Capabilities { get; } = new()
    {
        CanRead = true,
        CanWrite = true,
        PushesProjection = true,
        Splittable = true,
        MultilineRows = true,
    };

    public override Type OptionsType => typeof(CsvOptions);

    public override int Recognise(ReadOnlySpan<byte> head) => TextLook.Score(head);

    public override ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
        => CsvInspector.InspectAsync(source, (CsvOptions)options, cancellation);

    public override IAsyncEnumerable<FileRange> PlanAsync(IByteSource source, FileInspection inspection, long targetBytes, CancellationToken cancellation)
        => CsvPlanner.PlanAsync(source, (CsvOptions)inspection.Options, targetBytes, cancellation);

    public override ValueTask<long?> FindCompleteEndAsync(IByteSource source, FileInspection inspection, long start, CancellationToken cancellation)
        => RecordEnds.FindLastAsync(source, (CsvOptions)inspection.Options, start, cancellation);

    public override bool MayHoldLineEnds(ReadOnlySpan<byte> text, FormatOptions options)
    {
        var csv = (CsvOptions)options;
        CsvDialect dialect = CsvDialect.Of(csv);
        bool mayQuote = csv.Quote is null ? text.ContainsAny(DialectSniffer.QuotesTried) : dialect.HasQuote && text.Contains((byte)dialect.Quote);
        return mayQuote || (dialect.Escape >= 0 && text.Contains((byte)dialect.Escape));
    }

    public override bool IsOpenEnded(FormatOptions options) => ((CsvOptions)options).CodecOrNull is null or FileCodec.None;

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request)
        => new CsvReader(source, inspection, request);

    public override FileInspection? OfSingleRow(FileInspection file)
    {
        var options = (CsvOptions)file.Options;
        Schema found = file.Schema;
        return file with
        {
            Options = options with { Header = false, SkipRows = 0, Columns = null, Encoding = "utf-8", Compression = "none" },
            Schema = options.Columns is { } names
                ? new Schema(names.Select((name, i) => i < found.Count ? found[i].WithName(name) : new Field(name, DataType.Utf8)))
                : found,
        };
    }

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options)
        => new CsvWriter(target, schema, (CsvOptions)options);
}
