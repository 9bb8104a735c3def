using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>The records of one job in a state store, numbered by epoch. Rows went elsewhere, so none can be taken back.</summary>
internal sealed class EpochRecords(IObjectStore store, JobId job) : ICheckpointLog
{
    private const string Ending = ".json";
    private const int LargestRecord = 256 << 20;

    private readonly string _folder = $"{StoreName.Escape(job.Tenant)}/{StoreName.Escape(job.Job)}/";

    public bool TakesBackRows => false;

    public ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation) => ReadAllAsync(static epoch => epoch, cancellation);

    public ValueTask<IReadOnlyList<IReadOnlyDictionary<string, string>>> NotesAsync(CancellationToken cancellation)
        => ReadAllAsync(static epoch => epoch.Checkpoint.Notes, cancellation);

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
    {
        IAsyncDisposable? held = await LockAsync(takesOver: false, cancellation).ConfigureAwait(false);
        try
        {
            if (next.Splits.Count == 0)
            {
                // Whoever asks may not have been able to read how far the epochs had come.
                next = next with { Epoch = Math.Max(next.Epoch, await NewestAsync(cancellation).ConfigureAwait(false) + 1) };
                await SetDamagedAsideAsync(cancellation).ConfigureAwait(false);
            }

            await AppendAsync(new CommittedEpoch(next, "", 0, 0, []), cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (held is not null)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public async ValueTask<CommittedEpoch?> LastAsync(CancellationToken cancellation)
    {
        List<string> names = await NamesAsync(cancellation).ConfigureAwait(false);
        return names.Count == 0 ? null : await ReadAsync(names[^1], cancellation).ConfigureAwait(false);
    }

    public async ValueTask AppendAsync(CommittedEpoch epoch, CancellationToken cancellation)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{_folder}{epoch.Checkpoint.Epoch:D12}{Ending}");
        byte[] bytes = EpochRecord.ToBytes(epoch);
        if (bytes.Length > LargestRecord)
        {
            // Once it stood there nobody could read it.
            throw ProgressErrors.TooLarge.Error($"The record of epoch {epoch.Checkpoint.Epoch} has {bytes.Length} bytes, and at most {LargestRecord} are read.", ErrorPlace.InFile(store.Describe(name)));
        }

        try
        {
            await store.PutAsync(name, bytes, PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
        {
            throw ProgressErrors.Fenced.Error($"Epoch {epoch.Checkpoint.Epoch} of job '{job.Job}' was committed by another run.", ErrorPlace.InFile(store.Describe(name)), inner: e);
        }

        long oldest = epoch.Checkpoint.Epoch - ObjectStateStore.KeptEpochs;
        foreach (string old in (await NamesAsync(cancellation).ConfigureAwait(false)).TakeWhile(n => NumberOf(n) <= oldest))
        {
            await store.DeleteAsync(old, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask<IAsyncDisposable?> LockAsync(bool takesOver, CancellationToken cancellation)
    {
        if (store is not ILockingStore locks || takesOver)
        {
            // The number of the next epoch decides who may commit.
            return null;
        }

        string name = _folder + ".lock";
        string note = $"process {Environment.ProcessId} on {Environment.MachineName}";
        return await locks.TryLockAsync(name, note, cancellation).ConfigureAwait(false)
            ?? throw StateErrors.Held.Error(
                $"Job '{job.Job}' is run by {await locks.ReadLockNoteAsync(name, cancellation).ConfigureAwait(false) ?? "another process"}.",
                ErrorPlace.InFile(store.Describe(_folder.TrimEnd('/'))));
    }

    private async ValueTask<IReadOnlyList<T>> ReadAllAsync<T>(Func<CommittedEpoch, T> part, CancellationToken cancellation)
    {
        var parts = new List<T>();
        foreach (string name in await NamesAsync(cancellation).ConfigureAwait(false))
        {
            // A run that goes on meanwhile removes old ones.
            if (await ReadAsync(name, cancellation).ConfigureAwait(false) is { } epoch)
            {
                parts.Add(part(epoch));
            }
        }

        return parts;
    }

    private async ValueTask<long> NewestAsync(CancellationToken cancellation)
        => (await NamesAsync(cancellation).ConfigureAwait(false)) is [.., var last] ? NumberOf(last) : 0;

    // A job whose records cannot be read any more can still begin anew. They are kept for whoever wants to look.
    private async ValueTask SetDamagedAsideAsync(CancellationToken cancellation)
    {
        foreach (string name in await NamesAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await ReadAsync(name, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == ProgressErrors.Corrupt || e.Code == ProgressErrors.UnknownVersion)
            {
                await store.MoveAsync(name, name + ".damaged", PutCondition.Any, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<List<string>> NamesAsync(CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(_folder, null, cancellation).ConfigureAwait(false))
        {
            if (info.Name.EndsWith(Ending, StringComparison.Ordinal) && NumberOf(info.Name) >= 0)
            {
                names.Add(info.Name);
            }
        }

        return names;
    }

    private long NumberOf(string name)
        => long.TryParse(name.AsSpan(_folder.Length, name.Length - _folder.Length - Ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;

    private async ValueTask<CommittedEpoch?> ReadAsync(string name, CancellationToken cancellation)
    {
        IObjectReader reader;
        try
        {
            reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
        {
            return null;
        }

        await using (reader.ConfigureAwait(false))
        {
            if (reader.Info.Size > LargestRecord)
            {
                throw ProgressErrors.Corrupt.Error($"The file has {reader.Info.Size} bytes; at most {LargestRecord} are read.", ErrorPlace.InFile(store.Describe(name)));
            }

            var bytes = new byte[reader.Info.Size];
            int done = 0;
            while (done < bytes.Length && await reader.ReadAsync(done, bytes.AsMemory(done), cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                done += read;
            }

            return EpochRecord.FromBytes(bytes.AsMemory(0, done), store.Describe(name));
        }
    }
}
