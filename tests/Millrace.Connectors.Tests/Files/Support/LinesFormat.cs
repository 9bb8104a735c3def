using System.Text;
using System.Text.Json;
using Millrace.Connectors.Tests.Files;
using Millrace.Formats;

[assembly: FileFormat(typeof(LinesFormat))]

namespace Millrace.Connectors.Tests.Files;

/// <summary>
/// A small format whose files a test can check by eye: a line with the schema, then a JSON object a row. It knows bigint,
/// varchar, date, timestamp and boolean.
/// </summary>
public sealed class LinesFormat : FileFormat
{
    public override string Name => "lines";

    public override string Summary => "Lines for tests.";

    public override IReadOnlyList<string> Extensions => ["lines"];

    public override FormatCapabilities Capabilities { get; } = new() { CanRead = true, CanWrite = true, SelfDescribing = true, PushesProjection = true, Nested = true };

    public override Type OptionsType => typeof(LinesOptions);

    public static FormatRegistry Registry { get; } = new(typeof(LinesFormat).Assembly);

    /// <summary>The rows of a file as JSON objects.</summary>
    public static IReadOnlyList<string> RowsOf(string path)
    {
        string text = File.ReadAllText(path);
        Assert.EndsWith("\nend\n", text, StringComparison.Ordinal);
        return text.Split('\n')[1..^2];
    }

    public override async ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
    {
        var bytes = new byte[source.Length];
        await source.ReadFullyAsync(0, bytes, cancellation);
        string head = Encoding.UTF8.GetString(bytes).Split('\n')[0];
        string[][] fields = JsonSerializer.Deserialize<string[][]>(head)!;
        return new FileInspection
        {
            Schema = new Schema(fields.Select(f => new Field(f[0], TypeName.Parse(f[1])))),
            Options = options,
        };
    }

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request) => new LinesReader(source, request);

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options) => new LinesWriter(target, schema);
}

public sealed record LinesOptions : FormatOptions;
