using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Brings a dataset to its last commits: finishes those that are decided and drops what is only staged. Every step may be
/// repeated, so it may die anywhere too. Used under the dataset's lock.
/// </summary>
internal static class DatasetRecovery
{
    /// <summary>Recovers all jobs of a dataset, since an unfinished commit of one may take away what another wrote.</summary>
    /// <param name="store">The dataset.</param>
    /// <param name="own">Folder of the job that asks. It may hold staged files only, which no listing shows.</param>
    /// <param name="cancellation">Stops the recovery; it can be repeated.</param>
    public static async ValueTask RecoverAsync(IObjectStore store, string own, CancellationToken cancellation)
    {
        foreach (string job in await CommitLog.JobsAsync(store, cancellation).ConfigureAwait(false))
        {
            if (await new CommitLog(store, job).ReadLastAsync(cancellation).ConfigureAwait(false) is { } last)
            {
                await FinishAsync(store, job, last, cancellation).ConfigureAwait(false);
            }
        }

        foreach (string job in (await CommitLog.JobsAsync(store, cancellation).ConfigureAwait(false)).Append(own).Distinct(StringComparer.Ordinal))
        {
            await DropStagedAsync(store, job, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Carries out a decided commit. What it replaces goes first: a reader never sees old and new rows together.
    /// </summary>
    public static async ValueTask FinishAsync(IObjectStore store, string job, CommitRecord record, CancellationToken cancellation)
    {
        if (record.Replaces)
        {
            await ReplaceAsync(store, job, record, cancellation).ConfigureAwait(false);
        }

        foreach (CommittedFile file in record.Files)
        {
            if (await store.FindAsync(file.Staged, cancellation).ConfigureAwait(false) is not null)
            {
                await store.MoveAsync(file.Staged, file.Name, PutCondition.Any, cancellation).ConfigureAwait(false);
            }
        }

        if (record.Replaces)
        {
            await new CommitLog(store, job).SettleAsync(record, cancellation).ConfigureAwait(false);
        }
    }

    // Files go before the records that name them, so that none is forgotten.
    private static async ValueTask ReplaceAsync(IObjectStore store, string job, CommitRecord record, CancellationToken cancellation)
    {
        foreach (string other in await CommitLog.JobsAsync(store, cancellation).ConfigureAwait(false))
        {
            bool own = other == job;
            var log = new CommitLog(store, other);
            foreach (string file in await log.FilesAsync(own ? record.Sequence - 1 : long.MaxValue, cancellation).ConfigureAwait(false))
            {
                await store.DeleteAsync(file, cancellation).ConfigureAwait(false);
            }

            await log.ForgetBeforeAsync(own ? record.Sequence : long.MaxValue, cancellation).ConfigureAwait(false);
        }
    }

    private static async ValueTask DropStagedAsync(IObjectStore store, string job, CancellationToken cancellation)
    {
        string folder = DatasetFolders.StagedFolder(job);
        await foreach (ObjectInfo info in store.ListAsync(folder, null, cancellation).ConfigureAwait(false))
        {
            await store.DeleteAsync(info.Name, cancellation).ConfigureAwait(false);
        }

        await store.RemoveStaleAsync(folder, cancellation).ConfigureAwait(false);
        await store.RemoveStaleAsync(DatasetFolders.Log(job), cancellation).ConfigureAwait(false);
    }
}
