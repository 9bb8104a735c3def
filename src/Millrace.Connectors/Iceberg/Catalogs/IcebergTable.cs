namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A table with the catalog that knows it: commits that were overtaken are judged anew and tried again. One thread at a time uses it.
/// </summary>
public sealed class IcebergTable(ICatalog catalog, TableIdentifier name, LoadedTable loaded, TimeProvider time)
{
    // Every conflict means that another writer got on, so there is no standstill to fear.
    private const int MaxAttempts = 400;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private LoadedTable _loaded = loaded;

    // Whether a commit was asked for and nobody knows how it ended: then files that it names must stay.
    private bool _isUnsure;

    public TableIdentifier Name => name;

    /// <summary>The table as of the last load or commit.</summary>
    public TableMetadata Metadata => _loaded.Metadata;

    public TableFiles Files => _loaded.Files;

    /// <summary>Loads a table, or fails when there is none.</summary>
    public static async ValueTask<IcebergTable> LoadAsync(ICatalog catalog, TableIdentifier name, TimeProvider time, CancellationToken cancellation)
        => new(catalog, name, await catalog.LoadAsync(name, cancellation).ConfigureAwait(false) ?? throw IcebergErrors.Missing(name.ToString()), time);

    public async ValueTask RefreshAsync(CancellationToken cancellation)
        => _loaded = await catalog.LoadAsync(name, cancellation).ConfigureAwait(false) ?? throw IcebergErrors.Missing(name.ToString());

    /// <summary>Commits a change of files; returns the snapshot.</summary>
    public async ValueTask<Snapshot> CommitAsync(FileChange change, CancellationToken cancellation)
    {
        var producer = new SnapshotProducer(Files, change);
        try
        {
            await RetryAsync(
                table => producer.PrepareAsync(table, time.GetUtcNow(), cancellation),
                () => producer.ForgetAttemptAsync(CancellationToken.None),
                cancellation).ConfigureAwait(false);
        }
        catch (MillraceException) when (!_isUnsure)
        {
            // Surely no commit: its files are of no use, and whether they can be removed does not matter.
            try
            {
                await producer.ForgetAllAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (MillraceException)
            {
            }

            throw;
        }

        return Metadata.SnapshotOf(producer.SnapshotId)!;
    }

    /// <summary>Commits a change of metadata alone, which is worked out from the table as it is at every attempt.</summary>
    public ValueTask UpdateAsync(Func<TableMetadata, TableChange> change, CancellationToken cancellation)
        => RetryAsync(table => ValueTask.FromResult(change(table)), () => ValueTask.CompletedTask, cancellation);

    private async ValueTask RetryAsync(Func<TableMetadata, ValueTask<TableChange>> prepare, Func<ValueTask> forget, CancellationToken cancellation)
    {
        _isUnsure = false;
        for (int attempt = 1; ; attempt++)
        {
            TableChange change = await prepare(_loaded.Metadata).ConfigureAwait(false);
            if (change.IsEmpty)
            {
                return;
            }

            _isUnsure = true;
            try
            {
                _loaded = await catalog.CommitAsync(name, _loaded, change, cancellation).ConfigureAwait(false);
                return;
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict)
            {
                _isUnsure = false;
                if (attempt == MaxAttempts)
                {
                    throw;
                }

                await forget().ConfigureAwait(false);
                await PauseAsync(attempt, cancellation).ConfigureAwait(false);
                await RefreshAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    // Longer and longer, and never the same for two writers.
    private Task PauseAsync(int attempt, CancellationToken cancellation)
    {
        double most = Math.Min(LongestPause.TotalMilliseconds, 5 * Math.Pow(2, Math.Min(attempt, 10)));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * most), time, cancellation);
    }
}
