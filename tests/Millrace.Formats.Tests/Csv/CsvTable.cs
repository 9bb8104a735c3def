using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

/// <summary>Bad rows that a read set aside.</summary>
internal sealed class CollectedErrors : IRowErrorHandler
{
    public List<RowError> Errors { get; } = [];

    public void OnRowError(RowError error) => Errors.Add(error);
}

/// <summary>Reads and writes whole CSV texts.</summary>
internal static class CsvTable
{
    public static readonly CsvFormat Format = new();

    public static async Task<FileInspection> InspectAsync(byte[] bytes, CsvOptions? options = null)
        => await Format.InspectAsync(new MemoryByteSource(bytes, "t.csv"), options ?? new CsvOptions(), CancellationToken.None);

    public static Task<FileInspection> InspectAsync(string text, CsvOptions? options = null) => InspectAsync(Encoding.UTF8.GetBytes(text), options);

    /// <summary>The texts of all cells as they come out, row by row; null for null.</summary>
    public static async Task<string?[][]> ReadTextAsync(string text, CsvOptions? options = null, IRowErrorHandler? errors = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        FileInspection inspection = await InspectAsync(bytes, (options ?? new CsvOptions()) with { AllText = true });
        List<RecordBatch> batches = await ReadAsync(new MemoryByteSource(bytes, "t.csv"), inspection, inspection.Schema, errors: errors);
        return ToText(batches);
    }

    public static string?[][] ToText(List<RecordBatch> batches)
    {
        var rows = new List<string?[]>();
        foreach (RecordBatch batch in batches)
        {
            using (batch)
            {
                for (int row = 0; row < batch.Length; row++)
                {
                    rows.Add([.. batch.Columns.Select(c => c.IsNull(row) ? null : ((BinaryColumn)c).GetString(row))]);
                }
            }
        }

        return [.. rows];
    }

    public static async Task<List<RecordBatch>> ReadAsync(
        IByteSource source,
        FileInspection inspection,
        Schema columns,
        FileRange? range = null,
        int batchRows = RecordBatch.DefaultRows,
        int windowSize = CsvRecords.WindowSize,
        IRowErrorHandler? errors = null,
        bool declared = false,
        long limit = long.MaxValue)
    {
        var batches = new List<RecordBatch>();
        try
        {
            await using var reader = new CsvReader(source, inspection, new FileReadRequest
            {
                Columns = columns,
                Range = range ?? FileRange.Whole(source.Length),
                BatchRows = batchRows,
                Limit = limit,
                Declared = declared ? columns.Fields.Select(f => f.Name).ToHashSet() : new HashSet<string>(),
                RowErrors = errors ?? FailOnRowError.Instance,
            }, windowSize);
            while (await reader.ReadAsync(CancellationToken.None) is { } batch)
            {
                batches.Add(batch);
            }

            return batches;
        }
        catch
        {
            batches.ForEach(b => b.Dispose());
            throw;
        }
    }

    public static async Task<byte[]> WriteAsync(RecordBatch batch, CsvOptions options)
    {
        var stream = new MemoryStream();
        await using IBatchWriter writer = Format.OpenWriter(new StreamByteTarget(stream), batch.Schema, options);
        await writer.WriteAsync(batch, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        Assert.Equal(batch.Length, writer.Rows);
        return stream.ToArray();
    }
}
