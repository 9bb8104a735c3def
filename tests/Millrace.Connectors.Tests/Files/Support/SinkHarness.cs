using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A folder of its own and what a test needs to write into it.</summary>
internal sealed class SinkHarness : IDisposable
{
    private int _runs;

    public TempFolder Folder { get; } = new();

    public ISink Open(string path, Func<FilesTargetOptions, FilesTargetOptions>? with = null, string job = "orders")
    {
        var options = new FilesTargetOptions { Path = path };
        return new FilesConnector(LinesFormat.Registry).OpenSink(with?.Invoke(options) ?? options, new ConnectorContext { Job = job, BaseDirectory = Folder.Path });
    }

    public SinkRequest Request(WriteMode mode = WriteMode.Append, Schema? schema = null, bool resumes = false)
        => new() { Schema = schema ?? Batches.Schema, Mode = mode, RunId = $"run{++_runs}", FencingToken = _runs, Resumes = resumes };

    public static Checkpoint Checkpoint(long epoch, string job = "orders")
        => new() { Job = job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(epoch) };

    /// <summary>Writes batches in one epoch, from opening the sink to closing it.</summary>
    public async Task<CommitSummary> WriteAsync(string path, SinkRequest request, Func<FilesTargetOptions, FilesTargetOptions>? with, params RecordBatch[] batches)
    {
        await using ISink sink = Open(path, with);
        await sink.RecoverAsync(default);
        await sink.EnsureSchemaAsync(request.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(request, default);
        foreach (RecordBatch batch in batches)
        {
            using (batch)
            {
                await writer.WriteAsync(batch, default);
            }
        }

        return await writer.CommitAsync(Checkpoint(1), default);
    }

    public void Dispose() => Folder.Dispose();
}
