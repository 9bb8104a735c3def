using System.Globalization;
using System.Text;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Brings a dataset to its last commits: finishes those that are decided and drops what is only staged. Every step may be
/// repeated, so it may die anywhere too. Used under the dataset's lock; a process that lost the lock while it stood still
/// does no harm by going on.
/// </summary>
/// <param name="store">The dataset.</param>
/// <param name="own">Folder of the job that asks. It may hold staged files only, which no listing shows.</param>
/// <param name="hold">The dataset's lock.</param>
internal sealed class DatasetRecovery(IObjectStore store, string own, OutputHold hold)
{
    private const int LongestMark = 4096;

    /// <summary>
    /// Recovers all jobs of a dataset, since an unfinished commit of one may take away what another wrote. Where runs may
    /// still be alive, each job first loses the number of its next commit to a fence, and only then what it has staged.
    /// </summary>
    public async ValueTask RecoverAsync(CancellationToken cancellation)
    {
        (List<string> marks, List<string> marked) = await TakeoversAsync(cancellation).ConfigureAwait(false);

        // The own job comes last: nothing is appended to its log after its fence.
        IEnumerable<string> all = [.. await CommitLog.JobsAsync(store, cancellation).ConfigureAwait(false), .. marked];
        string[] jobs = [.. all.Where(j => j != own).Distinct(StringComparer.Ordinal), own];
        foreach (string job in jobs)
        {
            await FinishLastAsync(job, cancellation).ConfigureAwait(false);
        }

        var fences = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string job in hold.MayHaveRivals || marks.Count > 0 ? jobs : [])
        {
            fences[job] = await FenceAsync(job, cancellation).ConfigureAwait(false);
        }

        // Marks that were left after the look belong to another takeover.
        await store.DeleteAllAsync(marks, cancellation).ConfigureAwait(false);

        foreach (string job in jobs)
        {
            await DropStagedAsync(job, fences.TryGetValue(job, out long fence) ? fence : null, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Carries out a decided step. What a commit replaces goes first: a reader never sees old and new rows together.</summary>
    public async ValueTask FinishAsync(string job, CommitRecord record, CancellationToken cancellation)
    {
        if (record.Replaces is { } replaced)
        {
            foreach ((string other, long through) in replaced)
            {
                await ClearAsync(other, through, job, record, cancellation).ConfigureAwait(false);
            }

            await RemoveBeforeAsync(job, record.Sequence, cancellation).ConfigureAwait(false);
        }

        if (record.Kind == RecordKind.Rewind && record.Begins.Sequence == record.Sequence)
        {
            await new CommitLog(store, job).RemoveDamagedAsync(record.Sequence, cancellation).ConfigureAwait(false);
        }

        await store.DeleteAllAsync(record.Removes, cancellation).ConfigureAwait(false);

        foreach (CommittedFile file in record.Files)
        {
            if (await store.FindAsync(file.Staged, cancellation).ConfigureAwait(false) is not null)
            {
                await MoveAsync(file, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Leaves a mark before the lock is broken. If this process dies before it has fenced the holder off, the next one finds
    /// the lock free, and by the mark that somebody may be alive all the same.
    /// </summary>
    /// <param name="store">The dataset.</param>
    /// <param name="job">Folder of the holder's job, which may have nothing there that a listing shows.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask MarkTakeoverAsync(IObjectStore store, string job, CancellationToken cancellation)
        => await store.PutAsync($"{DatasetFolders.Takeovers}{Guid.NewGuid():N}", Encoding.UTF8.GetBytes(job), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);

    private async ValueTask<(List<string> Marks, List<string> Jobs)> TakeoversAsync(CancellationToken cancellation)
    {
        var marks = new List<string>();
        var jobs = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(DatasetFolders.Takeovers, null, cancellation).ConfigureAwait(false))
        {
            marks.Add(info.Name);
        }

        foreach (string mark in marks)
        {
            string job = Encoding.UTF8.GetString(await SmallObject.ReadAsync(store, mark, LongestMark, cancellation).ConfigureAwait(false));
            if (job.EndsWith('/') && StoreName.IsSound(job.TrimEnd('/')))
            {
                jobs.Add(job);
            }
        }

        return (marks, jobs);
    }

    private async ValueTask<CommitRecord?> FinishLastAsync(string job, CancellationToken cancellation)
    {
        CommitRecord? last = await new CommitLog(store, job).ReadLastAsync(cancellation).ConfigureAwait(false);
        if (last is not null)
        {
            await FinishAsync(job, last, cancellation).ConfigureAwait(false);
        }

        return last;
    }

    // A run that has staged complete files and stands still may append its record at any time. Then it was first, and its
    // commit is finished like any other; or the number is taken, and it learns that it has lost.
    private async ValueTask<long> FenceAsync(string job, CancellationToken cancellation)
    {
        var log = new CommitLog(store, job);
        while (true)
        {
            CommitRecord? last = await FinishLastAsync(job, cancellation).ConfigureAwait(false);
            long sequence = (last?.Sequence ?? 0) + 1;
            var fence = new CommitRecord
            {
                Sequence = sequence,
                Kind = RecordKind.Fence,
                Run = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}"),
                Begins = last?.Begins ?? new LogStart(1, 0),
                Checkpoint = last?.Checkpoint is { } checkpoint ? checkpoint with { FencingToken = checkpoint.FencingToken + 1 } : null,
                Schema = last?.Schema,
            };
            try
            {
                await log.AppendAsync(fence, last, cancellation).ConfigureAwait(false);
                return sequence;
            }
            catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
            {
            }
        }
    }

    // Leaves a record behind, so that a run of the job that is still alive finds its number taken.
    private async ValueTask ClearAsync(string other, long through, string job, CommitRecord record, CancellationToken cancellation)
    {
        var log = new CommitLog(store, other);
        while (await log.ReadLastAsync(cancellation).ConfigureAwait(false) is { } last)
        {
            if (last.Begins.Sequence > through)
            {
                await RemoveBeforeAsync(other, last.Begins.Sequence, cancellation).ConfigureAwait(false);
                return;
            }

            var clear = new CommitRecord
            {
                Sequence = last.Sequence + 1,
                Kind = RecordKind.Clear,
                Run = record.Run,
                Begins = new LogStart(last.Sequence + 1, 0),
            };
            try
            {
                await log.AppendAsync(clear, null, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
            {
            }
        }
    }

    // Files go before the records that name them, so that none is forgotten.
    private async ValueTask RemoveBeforeAsync(string job, long sequence, CancellationToken cancellation)
    {
        var log = new CommitLog(store, job);
        await store.DeleteAllAsync(await log.FilesBeforeAsync(sequence, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        await log.ForgetBeforeAsync(sequence, cancellation).ConfigureAwait(false);
    }

    private async ValueTask MoveAsync(CommittedFile file, CancellationToken cancellation)
    {
        try
        {
            await store.MoveAsync(file.Staged, file.Name, PutCondition.Any, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
        {
            // Somebody who took over has moved it in the meantime; otherwise the folder is what is missing.
            if (await store.FindAsync(file.Staged, cancellation).ConfigureAwait(false) is not null)
            {
                throw;
            }
        }
    }

    private async ValueTask DropStagedAsync(string job, long? fence, CancellationToken cancellation)
    {
        string folder = DatasetFolders.StagedFolder(job);
        var staged = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(folder, null, cancellation).ConfigureAwait(false))
        {
            staged.Add(info.Name);
        }

        // Whoever takes over breaks the lock, where there is one, and appends a fence to the log of every job it finds before it
        // stages anything for that job. As long as neither is seen, no file in the list is of a later run. The log that counts is
        // that of the job whose files these are: two runs that begin at once may not know of each other's jobs.
        if (!await hold.IsHeldAsync(cancellation).ConfigureAwait(false)
            || (fence is { } number && await new CommitLog(store, job).NewestAsync(cancellation).ConfigureAwait(false) != number))
        {
            throw FilesErrors.TakenOver(store.Describe(DatasetFolders.Root));
        }

        await store.DeleteAllAsync(staged, cancellation).ConfigureAwait(false);
        await store.RemoveStaleAsync(folder, cancellation).ConfigureAwait(false);
        await store.RemoveStaleAsync(DatasetFolders.Log(job), cancellation).ConfigureAwait(false);
        await store.RemoveStaleAsync(DatasetFolders.Folded(job), cancellation).ConfigureAwait(false);
    }
}
