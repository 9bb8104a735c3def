using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>A Parquet file that another implementation writes, read with ours. Deleted at the end.</summary>
internal sealed class ParquetFile : IDisposable
{
    private readonly TempFolder _folder = new();

    public ParquetFile() => Path = _folder["test.parquet"];

    public string Path { get; }

    public static ParquetFile FromDuckDb(string query, string options = "")
    {
        var file = new ParquetFile();
        NodeOracle.DuckDb($"COPY ({query}) TO '{file.Path}' (FORMAT parquet{(options.Length > 0 ? ", " + options : "")})");
        return file;
    }

    /// <summary>The same table as Rust's implementation writes it; see <c>parquet-rewrite</c> of the oracles.</summary>
    public ParquetFile Rewrite(params JsonArray[] options)
    {
        var file = new ParquetFile();
        NodeOracle.Ask("parquet-rewrite", new JsonObject { ["from"] = Path, ["to"] = file.Path, ["options"] = new JsonArray([.. options]) });
        return file;
    }

    public static Task<List<RecordBatch>> ReadAsync(byte[] bytes, Func<FileInspection, FileReadRequest>? request = null, ParquetOptions? options = null)
        => ReadAsync(new MemoryByteSource(bytes), request, options);

    public async Task<List<RecordBatch>> ReadAsync(Func<FileInspection, FileReadRequest>? request = null)
    {
        await using var source = new FileByteSource(Path);
        return await ReadAsync(source, request, null);
    }

    public static FileReadRequest Everything(FileInspection inspection)
        => new() { Columns = inspection.Schema, Range = new FileRange(0, long.MaxValue) };

    /// <summary>Asserts that DuckDB reads the same rows from the file as we do.</summary>
    public async Task EqualsDuckDbAsync(int batchRows = RecordBatch.DefaultRows)
    {
        List<RecordBatch> batches = await ReadAsync(i => Everything(i) with { BatchRows = batchRows });
        try
        {
            DuckDbCompare.Equal(Path, [.. batches]);
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<RecordBatch>> ReadAsync(IByteSource source, Func<FileInspection, FileReadRequest>? request, ParquetOptions? options)
    {
        var format = new ParquetFormat();
        var batches = new List<RecordBatch>();
        try
        {
            FileInspection inspection = await format.InspectAsync(source, options ?? new ParquetOptions(), CancellationToken.None);
            await using IBatchReader reader = format.OpenReader(source, inspection, (request ?? Everything)(inspection));
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
}
