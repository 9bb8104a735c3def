using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Stages the rows of a run in one file. Owns the file and the lock on it.</summary>
internal sealed class FileSinkWriter(OutputFile file, string path, PutCondition condition, IAsyncDisposable? held) : ISinkWriter
{
    private OutputFile? _file = file;
    private IAsyncDisposable? _held = held;

    public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation) => Open().WriteAsync(batch, cancellation);

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        OutputFile file = Open();
        ObjectInfo info;
        try
        {
            info = await file.PublishAsync(condition, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            throw FilesErrors.Exists(path);
        }

        _file = null;
        await file.DisposeAsync().ConfigureAwait(false);
        return new CommitSummary(file.Rows, info.Size, [path]);
    }

    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await AbortAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (_held is { } held)
            {
                _held = null;
                await held.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private OutputFile Open() => _file ?? throw FilesErrors.CommitsOnce.Error($"The run that writes '{path}' is committed or aborted already.", ErrorPlace.InFile(path));
}
