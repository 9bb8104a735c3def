using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.Formats.Text;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

/// <summary>Reads JSON out of memory, with windows of any size.</summary>
internal static class JsonFiles
{
    public static readonly JsonFormat Format = new();

    public static FeedSizes Small(int window, int segment) => new(window, segment, VectorWidths.Default);

    public static Task<FileInspection> InspectAsync(string text, JsonOptions? options = null) => InspectAsync(Encoding.UTF8.GetBytes(text), options);

    public static async Task<FileInspection> InspectAsync(byte[] bytes, JsonOptions? options = null)
        => await Format.InspectAsync(new MemoryByteSource(bytes, "test.json"), options ?? new(), TestContext.Current.CancellationToken);

    /// <summary>Inspects and reads everything; rows as canonical JSON.</summary>
    public static Task<ReadResult> ReadAsync(string text, JsonOptions? options = null, string? columns = null, FeedSizes? sizes = null)
        => ReadAsync(Encoding.UTF8.GetBytes(text), options, columns, sizes);

    public static async Task<ReadResult> ReadAsync(byte[] bytes, JsonOptions? options = null, string? columns = null, FeedSizes? sizes = null, FileRange? range = null, int batchRows = 7)
    {
        FileInspection inspection = await InspectAsync(bytes, options);
        return await ReadAsync(bytes, inspection, columns, sizes, range, batchRows);
    }

    public static async Task<ReadResult> ReadAsync(byte[] bytes, FileInspection inspection, string? columns = null, FeedSizes? sizes = null, FileRange? range = null, int batchRows = 7)
    {
        Schema schema = columns is null ? inspection.Schema : new Schema(DataType.Parse($"struct<{columns}>").Children);
        var errors = new CollectedErrors();
        var request = new FileReadRequest
        {
            Columns = schema,
            Declared = columns is null ? new HashSet<string>() : schema.Fields.Select(f => f.Name).ToHashSet(),
            Range = range ?? FileRange.Whole(bytes.Length),
            BatchRows = batchRows,
            RowErrors = errors,
        };
        var rows = new List<string>();
        await using var reader = new JsonReader(new MemoryByteSource(bytes, "test.json"), inspection, request, sizes ?? FeedSizes.Default);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } read)
        {
            using RecordBatch batch = read;
            Assert.InRange(batch.Length, 1, batchRows);
            rows.AddRange(ColumnText.Rows(batch));
        }

        return new ReadResult(schema, rows, errors.Errors, reader.Position);
    }
}

internal sealed record ReadResult(Schema Schema, IReadOnlyList<string> Rows, IReadOnlyList<RowError> Errors, FilePosition Position);

internal sealed class CollectedErrors : IRowErrorHandler
{
    public List<RowError> Errors { get; } = [];

    public void OnRowError(RowError error) => Errors.Add(error);
}
