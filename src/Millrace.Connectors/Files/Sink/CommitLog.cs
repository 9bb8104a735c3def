using System.Text;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// The commits of one job in a dataset: a record each, numbered without gaps. Old records are folded into lists of file
/// names, so that the log stays short. Used under the dataset's lock.
/// </summary>
/// <param name="store">The dataset.</param>
/// <param name="job">The job's folder, its slash at the end.</param>
internal sealed class CommitLog(IObjectStore store, string job)
{
    /// <summary>Records that are kept before they are folded.</summary>
    public const int MaxRecords = 64;

    private const int LargestRecord = 256 << 20;

    /// <summary>The jobs that have a log, as folders.</summary>
    public static async ValueTask<IReadOnlyList<string>> JobsAsync(IObjectStore store, CancellationToken cancellation)
    {
        var jobs = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (ObjectInfo info in store.ListAsync(DatasetFolders.Root, null, cancellation).ConfigureAwait(false))
        {
            int slash = info.Name.IndexOf('/', DatasetFolders.Root.Length);
            if (slash > 0)
            {
                jobs.Add(info.Name[..(slash + 1)]);
            }
        }

        return [.. jobs];
    }

    /// <summary>The newest record; null when the job never committed.</summary>
    public async ValueTask<CommitRecord?> ReadLastAsync(CancellationToken cancellation)
    {
        List<string> names = await ListAsync(DatasetFolders.RecordEnding, cancellation).ConfigureAwait(false);
        return names.Count == 0 ? null : await ReadAsync(names[^1], cancellation).ConfigureAwait(false);
    }

    /// <summary>Decides a commit. Fails if the number is taken.</summary>
    public async ValueTask AppendAsync(CommitRecord record, CancellationToken cancellation)
        => await store.PutAsync(DatasetFolders.Record(job, record.Sequence), RecordText.ToBytes(record), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);

    /// <summary>Notes that what a commit replaces is gone, so that nobody removes what is written later.</summary>
    public async ValueTask SettleAsync(CommitRecord record, CancellationToken cancellation)
        => await store.PutAsync(DatasetFolders.Record(job, record.Sequence), RecordText.ToBytes(record with { Replaces = false }), PutCondition.Any, cancellation).ConfigureAwait(false);

    /// <summary>The files of all commits up to one, the oldest first. Some may be gone already.</summary>
    public async ValueTask<IReadOnlyList<string>> FilesAsync(long last, CancellationToken cancellation)
    {
        var files = new List<string>();
        foreach (string archive in await ListAsync(DatasetFolders.ArchiveEnding, cancellation).ConfigureAwait(false))
        {
            files.AddRange(Encoding.UTF8.GetString(await ReadBytesAsync(archive, cancellation).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        foreach (string name in await ListAsync(DatasetFolders.RecordEnding, cancellation).ConfigureAwait(false))
        {
            CommitRecord record = await ReadAsync(name, cancellation).ConfigureAwait(false);
            if (record.Sequence <= last)
            {
                files.AddRange(record.Files.Select(f => f.Name));
            }
        }

        return files;
    }

    /// <summary>Folds all records but the newest into a list of their files when there are many.</summary>
    public async ValueTask FoldAsync(CancellationToken cancellation)
    {
        List<string> names = await ListAsync(DatasetFolders.RecordEnding, cancellation).ConfigureAwait(false);
        if (names.Count <= MaxRecords)
        {
            return;
        }

        // The list is named by its first record. If this dies between two deletions, the next list has another name.
        var files = new StringBuilder();
        long first = 0;
        foreach (string name in names.SkipLast(1))
        {
            CommitRecord record = await ReadAsync(name, cancellation).ConfigureAwait(false);
            files.AppendJoin("", record.Files.Select(f => f.Name + "\n"));
            first = first == 0 ? record.Sequence : first;
        }

        await store.PutAsync(DatasetFolders.Archive(job, first), Encoding.UTF8.GetBytes(files.ToString()), PutCondition.Any, cancellation).ConfigureAwait(false);
        await DeleteAsync(names.SkipLast(1), cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets the commits before one; all of them when it is <see cref="long.MaxValue"/>.</summary>
    public async ValueTask ForgetBeforeAsync(long sequence, CancellationToken cancellation)
    {
        List<string> archives = await ListAsync(DatasetFolders.ArchiveEnding, cancellation).ConfigureAwait(false);
        List<string> records = await ListAsync(DatasetFolders.RecordEnding, cancellation).ConfigureAwait(false);
        string end = sequence == long.MaxValue ? "" : DatasetFolders.Record(job, sequence);
        await DeleteAsync(archives.Concat(records.Where(r => end.Length == 0 || string.CompareOrdinal(r, end) < 0)), cancellation).ConfigureAwait(false);
    }

    private async ValueTask DeleteAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        foreach (string name in names)
        {
            await store.DeleteAsync(name, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<string>> ListAsync(string ending, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(DatasetFolders.Log(job), null, cancellation).ConfigureAwait(false))
        {
            if (info.Name.EndsWith(ending, StringComparison.Ordinal))
            {
                names.Add(info.Name);
            }
        }

        return names;
    }

    private async ValueTask<CommitRecord> ReadAsync(string name, CancellationToken cancellation)
        => RecordText.FromBytes(await ReadBytesAsync(name, cancellation).ConfigureAwait(false), DatasetFolders.SequenceOf(name), store.Describe(name));

    private async ValueTask<byte[]> ReadBytesAsync(string name, CancellationToken cancellation)
    {
        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (reader.Info.Size > LargestRecord)
            {
                throw FilesErrors.Damaged(store.Describe(name), $"it has {reader.Info.Size} bytes, and at most {LargestRecord} are read");
            }

            var bytes = new byte[reader.Info.Size];
            int done = 0;
            while (done < bytes.Length)
            {
                int read = await reader.ReadAsync(done, bytes.AsMemory(done), cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                done += read;
            }

            return bytes[..done];
        }
    }
}
