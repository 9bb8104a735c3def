using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>The dead letters of a job, or of all jobs below a folder, for people who see to them.</summary>
public sealed class DeadLetterFolder
{
    private readonly IObjectStore _objects;
    private readonly string _folder;

    internal DeadLetterFolder(IObjectStore objects, string folder)
    {
        _objects = objects;
        _folder = folder;
    }

    /// <summary>What the user calls it.</summary>
    public string Description => _objects.Describe(_folder).TrimEnd('/');

    /// <summary>All letters below a folder of this machine.</summary>
    public static DeadLetterFolder OfPath(string path) => new(new LocalStore(path, path), "");

    /// <summary>The letters of a job.</summary>
    public static DeadLetterFolder OfJob(Pipeline pipeline)
    {
        IObjectStore objects = StoreOf(pipeline);
        return new DeadLetterFolder(objects, new DeadLetterStore(objects, pipeline.Tenant, pipeline.Job).Folder);
    }

    /// <summary>Reads what is there now.</summary>
    public ValueTask<DeadLetterIndex> ReadAsync(CancellationToken cancellation) => DeadLetterIndex.ReadAsync(_objects, _folder, cancellation);

    /// <summary>
    /// Removes letters, and everything that is kept of letters that were replayed or are of epochs that were taken back. A process that dies meanwhile leaves a folder
    /// in which some of them are gone.
    /// </summary>
    /// <returns>Letters that waited and are gone.</returns>
    public async ValueTask<long> PurgeAsync(LetterFilter? filter, CancellationToken cancellation)
    {
        long purged = 0;
        foreach (string folder in await JobFoldersAsync(cancellation).ConfigureAwait(false))
        {
            IAsyncDisposable held = await LockAsync(folder, "dlq purge", cancellation).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                purged += await new LetterPurge(_objects, folder).RunAsync(filter, cancellation).ConfigureAwait(false);
            }
        }

        return purged;
    }

    /// <summary>Keeps other replays and purges out for as long as the result lives.</summary>
    internal ValueTask<IAsyncDisposable> LockAsync(string what, CancellationToken cancellation) => LockAsync(_folder, what, cancellation);

    internal static IObjectStore StoreOf(Pipeline pipeline)
    {
        string path = pipeline.Failure.DeadLetters.Path;
        return pipeline.OpenLetters(new LocalStore(Path.Combine(pipeline.BaseDirectory, path), path));
    }

    private ValueTask<IAsyncDisposable> LockAsync(string folder, string what, CancellationToken cancellation)
        => DeadLetterStore.LockAsync(_objects, folder, $"{what}, process {Environment.ProcessId},", cancellation);

    private async ValueTask<IReadOnlyCollection<string>> JobFoldersAsync(CancellationToken cancellation)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (LetterSegment segment in DeadLetterStore.SegmentsAsync(_objects, _folder, cancellation).ConfigureAwait(false))
        {
            folders.Add(segment.Folder);
        }

        return folders;
    }
}
