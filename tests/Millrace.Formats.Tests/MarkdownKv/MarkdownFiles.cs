using System.Text;
using Millrace.Columnar;
using Millrace.Formats.MarkdownKv;
using Millrace.Formats.Tests.Text;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.MarkdownKv;

/// <summary>Reads and writes documents in memory.</summary>
internal static class MarkdownFiles
{
    public const string Moment = "2026-01-31T08:00:00Z";

    private static readonly MarkdownKvFormat Format = new();

    public static MarkdownKvOptions Options(MarkdownKvLayout layout) => new() { Layout = layout, ExtractedAt = Moment };

    /// <summary>Rows as canonical JSON, and bad documents.</summary>
    public static async Task<(List<string> Rows, List<RowError> Errors)> ReadAsync(byte[] file, MarkdownKvOptions options, string name = "notes.md", int chunk = 0, string[]? columns = null)
    {
        var errors = new Errors();
        var rows = new List<string>();
        foreach (RecordBatch batch in await ReadBatchesAsync(file, options, errors, name, chunk, columns))
        {
            rows.AddRange(ColumnText.Rows(batch));
            batch.Dispose();
        }

        return (rows, errors.All);
    }

    public static Task<(List<string> Rows, List<RowError> Errors)> ReadAsync(string text, MarkdownKvLayout layout, string name = "notes.md")
        => ReadAsync(Encoding.UTF8.GetBytes(text), Options(layout), name);

    public static async Task<List<RecordBatch>> ReadBatchesAsync(byte[] file, MarkdownKvOptions options, IRowErrorHandler? errors = null, string name = "notes.md", int chunk = 0, string[]? columns = null, Schema? schema = null)
    {
        await using IByteSource source = chunk > 0 ? new ChunkedSource(file, chunk, name) : new MemoryByteSource(file, name);
        FileInspection inspection = await Format.InspectAsync(source, options, TestContext.Current.CancellationToken);
        inspection = schema is null ? inspection : inspection with { Schema = schema, IsInferred = false };
        var request = new FileReadRequest
        {
            Columns = columns is null ? inspection.Schema : inspection.Schema.Select([.. columns.Select(inspection.Schema.Require)]),
            Range = FileRange.Whole(source.Length),
            Declared = schema is null ? new HashSet<string>() : schema.Fields.Select(f => f.Name).ToHashSet(),
            BatchRows = 7,
            RowErrors = errors ?? FailOnRowError.Instance,
        };
        var batches = new List<RecordBatch>();
        await using IBatchReader reader = Format.OpenReader(source, inspection, request);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
        {
            batches.Add(batch);
        }

        Assert.Equal(source.Length, reader.Position.Offset);
        return batches;
    }

    public static async Task<byte[]> WriteAsync(MarkdownKvOptions options, IReadOnlyList<RecordBatch> batches)
    {
        using var stream = new MemoryStream();
        await using IBatchWriter writer = Format.OpenWriter(new StreamByteTarget(stream), batches[0].Schema, options);
        foreach (RecordBatch batch in batches)
        {
            await writer.WriteAsync(batch, TestContext.Current.CancellationToken);
        }

        await writer.FinishAsync(TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private sealed class Errors : IRowErrorHandler
    {
        public List<RowError> All { get; } = [];

        public void OnRowError(RowError error) => All.Add(error with { Raw = error.Raw.ToArray() });
    }
}
