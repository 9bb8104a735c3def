using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// The commits of one job in a dataset: a record each, numbered without gaps. Old records are folded into lists of file
/// names, so that the log stays short. Written under the dataset's lock; reading needs none.
/// </summary>
/// <param name="store">The dataset.</param>
/// <param name="job">The job's folder, its slash at the end.</param>
internal sealed class CommitLog(IObjectStore store, string job)
{
    /// <summary>Epochs whose records are never folded.</summary>
    public const int KeptEpochs = 64;

    /// <summary>Records at which it is worth folding.</summary>
    private const int ManyRecords = 2 * KeptEpochs;

    private const int LargestRecord = 256 << 20;

    // A reader without the lock begins anew when records are folded away under its eyes.
    private const int MaxReads = 10;

    /// <summary>The jobs that have a folder in the dataset.</summary>
    public static async ValueTask<IReadOnlyList<string>> JobsAsync(IObjectStore store, CancellationToken cancellation)
    {
        var jobs = new SortedSet<string>(StringComparer.Ordinal);

        // By the folders, not by what is in them: a run that died early has left nothing there but what no listing shows.
        bool Enter(string folder)
        {
            jobs.Add(folder);
            return false;
        }

        await foreach (ObjectInfo _ in store.ListAsync(DatasetFolders.Root, Enter, cancellation).ConfigureAwait(false))
        {
        }

        return [.. jobs];
    }

    /// <summary>Number of the newest record; 0 when there is none.</summary>
    public async ValueTask<long> NewestAsync(CancellationToken cancellation)
        => (await NumbersAsync(cancellation).ConfigureAwait(false)) is [.., var last] ? last : 0;

    /// <summary>The newest record; null when the job never committed.</summary>
    public async ValueTask<CommitRecord?> ReadLastAsync(CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            long newest = await NewestAsync(cancellation).ConfigureAwait(false);
            try
            {
                return newest == 0 ? null : await ReadAsync(newest, null, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
            {
                ThrowIfLast(attempt, e);
            }
        }
    }

    /// <summary>All records that count, the oldest first.</summary>
    /// <param name="whole">Whether each is to have all of its progress, or only what it changed; the latter takes less memory.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async ValueTask<IReadOnlyList<CommitRecord>> ReadAllAsync(bool whole, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (await TryReadAllAsync(whole, cancellation).ConfigureAwait(false) is { } records)
                {
                    return records;
                }

                ThrowIfLast(attempt, null);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
            {
                ThrowIfLast(attempt, e);
            }
        }
    }

    /// <summary>
    /// Decides a step. Fails with <see cref="StorageErrors.AlreadyExists"/> if the number is taken. A number that was taken
    /// once may be free again after folding: the caller asks <see cref="NewestAsync"/> afterwards whether a greater one exists.
    /// </summary>
    /// <param name="record">The step.</param>
    /// <param name="before">The record before it; null to write the whole progress.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <returns>The record as it stands in the log.</returns>
    public async ValueTask<CommitRecord> AppendAsync(CommitRecord record, CommitRecord? before, CancellationToken cancellation)
    {
        CommitRecord written = record with { Whole = RecordText.WholeFor(record.Sequence, before, record.Checkpoint) };
        byte[] bytes = RecordText.ToBytes(written, before);
        if (bytes.Length > LargestRecord)
        {
            // Once it stood there nobody could read it.
            throw ProgressErrors.TooLarge.Error($"The record of the commit has {bytes.Length} bytes, and at most {LargestRecord} are read.", ErrorPlace.InFile(store.Describe(DatasetFolders.Record(job, record.Sequence))));
        }

        await store.PutAsync(DatasetFolders.Record(job, record.Sequence), bytes, PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        return written;
    }

    /// <summary>The files that all records before one name. Some may be gone already; those of runs that were fenced off never were.</summary>
    public async ValueTask<IReadOnlyList<string>> FilesBeforeAsync(long sequence, CancellationToken cancellation)
    {
        var files = new List<string>();
        foreach (string list in await ListAsync(DatasetFolders.Folded(job), cancellation).ConfigureAwait(false))
        {
            files.AddRange(RecordText.ListFromBytes(await ReadBytesAsync(list, cancellation).ConfigureAwait(false), store.Describe(list)));
        }

        foreach (long number in (await NumbersAsync(cancellation).ConfigureAwait(false)).Where(n => n < sequence))
        {
            files.AddRange((await ReadStoredAsync(number, null, cancellation).ConfigureAwait(false)).Files.Select(f => f.Name));
        }

        return files;
    }

    /// <summary>Folds the oldest records into a list of their files when there are many.</summary>
    public async ValueTask FoldAsync(CancellationToken cancellation)
    {
        List<long> numbers = await NumbersAsync(cancellation).ConfigureAwait(false);
        if (numbers.Count <= ManyRecords)
        {
            return;
        }

        // The oldest that stays has to hold everything, since those after it build on it.
        IReadOnlyList<CommitRecord> records = await ReadAllAsync(whole: false, cancellation).ConfigureAwait(false);
        int kept = 0;
        int first = records.Count;
        while (first > 0 && (kept < KeptEpochs || records[first].Whole != records[first].Sequence))
        {
            first--;
            kept += records[first].Kind is RecordKind.Commit or RecordKind.Rewind ? 1 : 0;
        }

        if (first == 0)
        {
            return;
        }

        // The list is there before the first record goes. One who dies in between leaves both, and folds those again later.
        long last = records[first].Sequence - 1;
        await store.PutAsync(
            DatasetFolders.Folded(job, records[0].Sequence, last),
            RecordText.ListToBytes(records.Take(first).SelectMany(r => r.Files).Select(f => f.Name)),
            PutCondition.Any,
            cancellation).ConfigureAwait(false);
        await store.DeleteAllAsync(numbers.Where(n => n <= last).Select(n => DatasetFolders.Record(job, n)), cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets what came before the part of the log that counts.</summary>
    public async ValueTask ForgetBeforeAsync(long sequence, CancellationToken cancellation)
    {
        await DeleteBeforeAsync(DatasetFolders.Folded(job), sequence, cancellation).ConfigureAwait(false);
        await DeleteBeforeAsync(DatasetFolders.Log(job), sequence, cancellation).ConfigureAwait(false);
    }

    /// <summary>Removes the records before one, of which <see cref="SalvageAsync"/> has listed the files.</summary>
    public ValueTask RemoveDamagedAsync(long sequence, CancellationToken cancellation) => DeleteBeforeAsync(DatasetFolders.Log(job), sequence, cancellation);

    /// <summary>Lists the files of all records before one that can still be read.</summary>
    public async ValueTask SalvageAsync(long sequence, CancellationToken cancellation)
    {
        var files = new List<string>();
        List<long> numbers = await NumbersAsync(cancellation).ConfigureAwait(false);
        foreach (long number in numbers.Where(n => n < sequence))
        {
            try
            {
                files.AddRange((await ReadStoredAsync(number, null, cancellation).ConfigureAwait(false)).Files.Select(f => f.Name));
            }
            catch (MillraceException e) when (IsDamage(e))
            {
                // Its files stay where they are, as files that no commit names.
            }
        }

        await store.PutAsync(DatasetFolders.Folded(job, numbers[0], sequence - 1), RecordText.ListToBytes(files), PutCondition.Any, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether an error says that a record cannot be trusted.</summary>
    public static bool IsDamage(MillraceException e)
        => e.Code == FilesErrors.DamagedRecord || e.Code == ProgressErrors.Corrupt;

    // Null when records are missing.
    private async ValueTask<IReadOnlyList<CommitRecord>?> TryReadAllAsync(bool whole, CancellationToken cancellation)
    {
        List<string> lists = await ListAsync(DatasetFolders.Folded(job), cancellation).ConfigureAwait(false);
        List<long> numbers = await NumbersAsync(cancellation).ConfigureAwait(false);
        if (numbers.Count == 0)
        {
            return [];
        }

        // Records at numbers that are folded, or before the beginning, come from runs that were fenced off.
        CommitRecord newest = await ReadAsync(numbers[^1], null, cancellation).ConfigureAwait(false);
        long next = Math.Max(lists.Select(DatasetFolders.NumberOf).DefaultIfEmpty().Max() + 1, newest.Begins.Sequence);
        var records = new List<CommitRecord>();
        foreach (long number in numbers.Where(n => n >= next))
        {
            if (number != next++)
            {
                return null;
            }

            records.Add(whole
                ? await ReadAsync(number, records.LastOrDefault(), cancellation).ConfigureAwait(false)
                : await ReadStoredAsync(number, null, cancellation).ConfigureAwait(false));
        }

        return records.Count == 0 ? null : records;
    }

    private void ThrowIfLast(int attempt, MillraceException? cause)
    {
        if (attempt == MaxReads)
        {
            throw FilesErrors.Damaged(store.Describe(DatasetFolders.Log(job)), "a record of it is missing", cause);
        }
    }

    // Reads a record with all of its progress: what it builds on first, unless that is at hand.
    private async ValueTask<CommitRecord> ReadAsync(long number, CommitRecord? before, CancellationToken cancellation)
    {
        if (before?.Sequence == number - 1 && before.Checkpoint is not null)
        {
            return await ReadStoredAsync(number, before, cancellation).ConfigureAwait(false);
        }

        CommitRecord stored = await ReadStoredAsync(number, null, cancellation).ConfigureAwait(false);
        if (stored.Whole == number)
        {
            return stored;
        }

        CommitRecord? last = null;
        for (long n = stored.Whole; n < number; n++)
        {
            last = await ReadStoredAsync(n, last, cancellation).ConfigureAwait(false);
            if (last.Checkpoint is null || last.Whole != stored.Whole)
            {
                throw FilesErrors.Damaged(store.Describe(DatasetFolders.Record(job, number)), $"it builds on record {stored.Whole}, and record {n} does not");
            }
        }

        return await ReadStoredAsync(number, last, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<CommitRecord> ReadStoredAsync(long number, CommitRecord? before, CancellationToken cancellation)
    {
        string name = DatasetFolders.Record(job, number);
        return RecordText.FromBytes(await ReadBytesAsync(name, cancellation).ConfigureAwait(false), number, store.Describe(name), before);
    }

    private async ValueTask DeleteBeforeAsync(string folder, long sequence, CancellationToken cancellation)
        => await store.DeleteAllAsync((await ListAsync(folder, cancellation).ConfigureAwait(false)).Where(n => DatasetFolders.NumberOf(n) < sequence), cancellation).ConfigureAwait(false);

    private async ValueTask<List<long>> NumbersAsync(CancellationToken cancellation)
        => [.. (await ListAsync(DatasetFolders.Log(job), cancellation).ConfigureAwait(false)).Select(DatasetFolders.NumberOf).Where(n => n > 0)];

    private async ValueTask<List<string>> ListAsync(string folder, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(folder, null, cancellation).ConfigureAwait(false))
        {
            names.Add(info.Name);
        }

        return names;
    }

    private ValueTask<byte[]> ReadBytesAsync(string name, CancellationToken cancellation) => SmallObject.ReadAsync(store, name, LargestRecord, cancellation);
}
