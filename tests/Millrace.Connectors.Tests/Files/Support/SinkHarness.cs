using Millrace.Connectors.Files;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A folder of its own and what a test needs to write into it.</summary>
internal sealed class SinkHarness : IDisposable
{
    private int _runs;

    public static OptionChoice<FormatChoices> Lines { get; } = new("lines", new OptionMap(new ErrorPlace()));

    public TempFolder Folder { get; } = new(inMemory: true);

    /// <summary>What a sink uses in place of its store.</summary>
    public Func<IObjectStore, IObjectStore> Wrap { get; set; } = store => store;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public ISink Open(string path, Func<FilesTargetOptions, FilesTargetOptions>? with = null, string job = "orders", bool takesOver = false)
    {
        var options = new FilesTargetOptions { Path = path, Format = path.Contains(".", StringComparison.Ordinal) ? null : Lines };
        return new FilesConnector(LinesFormat.Registry, store => Wrap(store))
            .OpenSink(with?.Invoke(options) ?? options, new ConnectorContext { Job = job, BaseDirectory = Folder.Path, Time = Time, TakesOver = takesOver });
    }

    public SinkRequest Request(WriteMode mode = WriteMode.Append, Schema? schema = null, bool resumes = false)
        => new() { Schema = schema ?? Batches.Schema, Mode = mode, RunId = $"run{++_runs}", FencingToken = _runs, Resumes = resumes };

    public static Checkpoint Checkpoint(long epoch, string job = "orders")
        => new() { Job = job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(epoch), FencingToken = 1 };

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

    /// <summary>The rows of all data files, those of a file in their order, files in ordinal order of their names.</summary>
    public IReadOnlyList<string> RowsOf(string folder) => [.. DataFiles(folder).SelectMany(f => LinesFormat.RowsOf(Folder[f]))];

    /// <summary>The files that a reader would see.</summary>
    public IReadOnlyList<string> DataFiles(string folder)
        => [.. Folder.Files().Where(f => f.StartsWith(folder, StringComparison.Ordinal) && f.EndsWith(".lines", StringComparison.Ordinal) && !f.Contains("/.", StringComparison.Ordinal))];

    public void Dispose() => Folder.Dispose();
}
