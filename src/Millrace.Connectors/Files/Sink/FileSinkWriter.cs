using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Stages the rows of a run in one file. Owns the file and the lock on it.</summary>
/// <param name="file">The file, open.</param>
/// <param name="reopen">Begins the file anew after an abort.</param>
/// <param name="path">What the user calls it.</param>
/// <param name="condition">When it may take its name.</param>
/// <param name="hold">The lock.</param>
internal sealed class FileSinkWriter(OutputFile file, Func<CancellationToken, ValueTask<OutputFile>> reopen, string path, PutCondition condition, OutputHold hold) : ISinkWriter
{
    private OutputFile? _file = file;
    private bool _isCommitted;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        OutputFile file = await OpenAsync(cancellation).ConfigureAwait(false);
        await file.WriteAsync(batch, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        OutputFile file = await OpenAsync(cancellation).ConfigureAwait(false);
        await file.EndAsync(cancellation).ConfigureAwait(false);
        ObjectInfo info;
        try
        {
            // One who takes over breaks the lock and removes the staged file. Whoever sees the lock whole has a file that
            // cannot be published any more once it is broken.
            info = await hold.IsHeldAsync(cancellation).ConfigureAwait(false)
                ? await file.PublishAsync(condition, cancellation).ConfigureAwait(false)
                : throw FilesErrors.TakenOver(path);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound || e.Code == StorageErrors.Changed)
        {
            throw FilesErrors.TakenOver(path, e);
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
            await hold.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<OutputFile> OpenAsync(CancellationToken cancellation) => _isCommitted
        ? throw FilesErrors.CommitsOnce.Error($"The run that writes '{path}' is committed already.", ErrorPlace.InFile(path))
        : _file ??= await reopen(cancellation).ConfigureAwait(false);
}
