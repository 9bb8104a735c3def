using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>A file that was written from batches, for oracles to read; deleted at the end.</summary>
internal sealed class WrittenFile : IDisposable
{
    private readonly TempFolder _folder = new();

    private WrittenFile() => Path = System.IO.Path.Combine(_folder.Path, "written.parquet");

    public string Path { get; }

    public static async Task<WrittenFile> FromAsync(ParquetOptions options, params RecordBatch[] batches)
    {
        var file = new WrittenFile();
        await using FileStream stream = File.Create(file.Path);
        await using var writer = new ParquetWriter(new StreamByteTarget(stream), batches[0].Schema, options);
        foreach (RecordBatch batch in batches)
        {
            await writer.WriteAsync(batch, CancellationToken.None);
        }

        await writer.FinishAsync(CancellationToken.None);
        Assert.Equal(batches.Sum(b => b.Length), writer.Rows);
        return file;
    }

    public void Dispose() => _folder.Dispose();
}
