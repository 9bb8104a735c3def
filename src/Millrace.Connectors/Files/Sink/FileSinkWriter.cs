using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Stages the rows of a run in one file. Owns the file and the lock on it.</summary>
/// <param name="file">The file, open.</param>
/// <param name="reopen">Begins the file anew after an abort.</param>
/// <param name="path">What the user calls it.</param>
/// <param name="condition">When it may take its name.</param>
/// <param name="held">The lock.</param>
internal sealed class FileSinkWriter(OutputFile file, Func<CancellationToken, ValueTask<OutputFile>> reopen, string path, PutCondition condition, IAsyncDisposable? held) : ISinkWriter
{
    private OutputFile? _file = file;
    private IAsyncDisposable? _held = held;
    private bool _isCommitted;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        OutputFile file = await OpenAsync(cancellation).ConfigureAwait(false);
        await file.WriteAsync(batch, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        OutputFile file = await OpenAsync(cancellation).ConfigureAwait(false);
        ObjectInfo info;
        try
        {
            info = await file.PublishAsync(condition, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            throw FilesErrors.Exists(path);
        }

        _isCommitted = true;
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

    private async ValueTask<OutputFile> OpenAsync(CancellationToken cancellation) => _isCommitted
        ? throw FilesErrors.CommitsOnce.Error($"The run that writes '{path}' is committed already.", ErrorPlace.InFile(path))
        : _file ??= await reopen(cancellation).ConfigureAwait(false);
}
