using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// A table with the catalog that knows it: commits that were overtaken are judged anew and tried again. One thread at a time uses it.
/// </summary>
/// <param name="catalog">The catalog.</param>
/// <param name="name">The table's name there.</param>
/// <param name="loaded">The table as it is, or as it will be.</param>
/// <param name="time">Clock.</param>
/// <param name="isStaged">Whether the table is made by its first commit. Until then it can be given up without a trace.</param>
public sealed class IcebergTable(ICatalog catalog, TableIdentifier name, LoadedTable loaded, TimeProvider time, bool isStaged = false)
{
    // Every conflict means that another writer got on, so there is no standstill to fear.
    private const int MaxAttempts = 400;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private LoadedTable _loaded = loaded;

    private bool _isStaged = isStaged;

    public TableIdentifier Name => name;

    /// <summary>Whether the table is not made yet.</summary>
    public bool IsStaged => _isStaged;

    /// <summary>
    /// Whether the last commit may be in the table, so that files that it names must stay: it was made, or the catalog was asked for it and
    /// nobody knows how that ended. False only where it surely is not: nothing was asked for, or the catalog refused it.
    /// </summary>
    public bool MayBeCommitted { get; private set; }

    /// <summary>The table as of the last load or commit.</summary>
    public TableMetadata Metadata => _loaded.Metadata;

    public TableFiles Files => _loaded.Files;

    /// <summary>Path of the metadata file as of the last load or commit, or what else names this version of it.</summary>
    public string MetadataFile => _loaded.MetadataFile;

    /// <summary>Loads a table, or fails when there is none.</summary>
    public static async ValueTask<IcebergTable> LoadAsync(ICatalog catalog, TableIdentifier name, TimeProvider time, CancellationToken cancellation)
        => new(catalog, name, await catalog.LoadAsync(name, cancellation).ConfigureAwait(false) ?? throw IcebergErrors.Missing(name.ToString()), time);

    /// <summary>Throws where the table can be read and not written; see <see cref="ICatalog.RequireWritable"/>.</summary>
    public void RequireWritable() => catalog.RequireWritable(_loaded);

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
        catch when (!MayBeCommitted)
        {
            // Surely no commit: its files are of no use.
            await TidyAsync(() => producer.ForgetAllAsync(CancellationToken.None)).ConfigureAwait(false);
            throw;
        }

        await TidyAsync(() => producer.ForgetMergedAsync(CancellationToken.None)).ConfigureAwait(false);
        return Metadata.SnapshotOf(producer.SnapshotId)!;
    }

    /// <summary>Commits a change of metadata alone, which is worked out from the table as it is at every attempt.</summary>
    public ValueTask UpdateAsync(Func<TableMetadata, TableChange> change, CancellationToken cancellation)
        => RetryAsync(table => ValueTask.FromResult(change(table)), () => ValueTask.CompletedTask, cancellation);

    // Files that stay are of no use to anybody, and do no harm.
    private static async ValueTask TidyAsync(Func<ValueTask> remove)
    {
        try
        {
            await remove().ConfigureAwait(false);
        }
        catch (MillraceException)
        {
        }
    }

    private async ValueTask RetryAsync(Func<TableMetadata, ValueTask<TableChange>> prepare, Func<ValueTask> forget, CancellationToken cancellation)
    {
        MayBeCommitted = false;
        for (int attempt = 1; ; attempt++)
        {
            TableChange change;
            try
            {
                change = await prepare(_loaded.Metadata).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.NotFound && !_isStaged && attempt < MaxAttempts)
            {
                // What the table stood at may have expired since: then it has moved on, and the change is worked out from where it is.
                await forget().ConfigureAwait(false);
                string before = _loaded.MetadataFile;
                await RefreshAsync(cancellation).ConfigureAwait(false);
                if (_loaded.MetadataFile == before)
                {
                    throw;
                }

                continue;
            }

            if (change.IsEmpty)
            {
                return;
            }

            if (_isStaged)
            {
                change = change with { Requirements = [new MetadataRequirement.MustNotExist()] };
            }

            MayBeCommitted = true;
            try
            {
                _loaded = await catalog.CommitAsync(name, _loaded, change, cancellation).ConfigureAwait(false);
                _isStaged = false;
                return;
            }
            catch (MillraceException e) when (e.Code == IcebergErrors.Conflict)
            {
                MayBeCommitted = false;
                if (attempt == MaxAttempts)
                {
                    throw;
                }

                await forget().ConfigureAwait(false);
                await PauseAsync(attempt, cancellation).ConfigureAwait(false);
                LoadedTable before = _loaded;
                await RefreshAsync(cancellation).ConfigureAwait(false);
                if (_isStaged && !TakesFilesOf(before))
                {
                    throw;
                }

                _isStaged = false;
            }
        }
    }

    // Whether files that were written for a table that was to be made belong into the one that another writer made instead.
    private bool TakesFilesOf(LoadedTable staged)
        => Files.Location == staged.Files.Location
            && Metadata.FormatVersion == staged.Metadata.FormatVersion
            && Metadata.Schema.SameColumns(staged.Metadata.Schema)
            && Metadata.DefaultSpecId == staged.Metadata.DefaultSpecId
            && Metadata.Spec.SameFields(staged.Metadata.Spec)
            && Metadata.DefaultSortOrderId == staged.Metadata.DefaultSortOrderId
            && Metadata.SortOrder == staged.Metadata.SortOrder;

    // Longer and longer, and never the same for two writers.
    private Task PauseAsync(int attempt, CancellationToken cancellation)
    {
        double most = Math.Min(LongestPause.TotalMilliseconds, 5 * Math.Pow(2, Math.Min(attempt, 10)));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * most), time, cancellation);
    }
}
