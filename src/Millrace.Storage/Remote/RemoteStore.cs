using System.Runtime.CompilerServices;

namespace Millrace.Storage;

/// <summary>
/// A bucket, or the part of it under a prefix, as a store. Every write carries an id, by which a condition that fails since
/// the write itself was applied before, its answer lost, is told from one that fails because of somebody else.
/// </summary>
internal sealed class RemoteStore : IObjectStore, IProbedStore
{
    private readonly Bucket _bucket;
    private readonly string _root;
    private readonly TimeSpan _staleAfter;
    private readonly bool _ownsBucket;

    /// <param name="bucket">The bucket.</param>
    /// <param name="root">Start of all keys, a slash at its end; empty for the whole bucket.</param>
    /// <param name="staleAfter">How long an upload may take before it counts as left behind.</param>
    /// <param name="ownsBucket">Whether the bucket ends with the store.</param>
    public RemoteStore(Bucket bucket, string root, TimeSpan staleAfter, bool ownsBucket)
    {
        _bucket = bucket;
        _root = root;
        _staleAfter = staleAfter;
        _ownsBucket = ownsBucket;
    }

    public string Describe(string name) => _bucket.Describe(_root + name);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string folder = StoreName.FolderOf(prefix);
        await foreach (BucketObject found in new RemoteWalk(_bucket, _root, enter).ListAsync(_root + prefix, _root + folder, cancellation).ConfigureAwait(false))
        {
            // Marks of folders, as consoles make them, and other keys that no file could have are not reachable by name.
            string name = found.Key[_root.Length..];
            if (StoreName.IsSound(name))
            {
                yield return InfoOf(name, found);
            }
        }
    }

    public async ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation)
        => await _bucket.FindAsync(KeyOf(name), cancellation).ConfigureAwait(false) is { } found ? InfoOf(name, found) : null;

    public async ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation)
    {
        string key = KeyOf(name);
        BucketObject found = await _bucket.FindAsync(key, cancellation).ConfigureAwait(false) ?? throw StorageErrors.Missing(Describe(name));
        return new RemoteReader(_bucket, key, InfoOf(name, found));
    }

    public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => StageAsync(name, [], cancellation);

    public ValueTask<IStagedObject> StageAsync(string name, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellation)
        => new(new RemoteStaged(this, _bucket, name, KeyOf(name), tags));

    public async ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        string key = KeyOf(name);
        cancellation.ThrowIfCancellationRequested();
        return InfoOf(name, await SettleAsync(key, condition, id => _bucket.PutAsync(key, content, condition, WriteMarks.Of(id), cancellation), cancellation).ConfigureAwait(false));
    }

    /// <summary>A copy under the new name, then the removal of the old one: a crash in between leaves both.</summary>
    public async ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        string source = KeyOf(from);
        string target = KeyOf(to);
        BucketObject found = await _bucket.FindAsync(source, cancellation).ConfigureAwait(false) ?? throw StorageErrors.Missing(Describe(from));
        if (source == target)
        {
            return;
        }

        await SettleAsync(
            target,
            condition,
            async id =>
            {
                await _bucket.CopyAsync(source, found, target, condition, id, cancellation).ConfigureAwait(false);
                return found;
            },
            cancellation).ConfigureAwait(false);
        await _bucket.DeleteAsync([source], cancellation).ConfigureAwait(false);
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancellation) => _bucket.DeleteAsync([KeyOf(name)], cancellation);

    public async ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        foreach (string[] keys in names.Select(KeyOf).Distinct(StringComparer.Ordinal).Chunk(_bucket.DeletesAtOnce))
        {
            await _bucket.DeleteAsync(keys, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Nobody can tell whether the process of an upload lives, so only those count that began long ago.</summary>
    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation)
    {
        _ = StoreName.FolderOf(prefix);
        return _bucket.RemoveStaleAsync(_root + prefix, _staleAfter == TimeSpan.MaxValue ? DateTimeOffset.MinValue : TimeProvider.System.GetUtcNow() - _staleAfter, cancellation);
    }

    public ValueTask<IReadOnlyList<string>> ProbeAsync(CancellationToken cancellation) => _bucket.ProbeAsync(_root, cancellation);

    public ValueTask DisposeAsync()
    {
        if (_ownsBucket)
        {
            _bucket.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    internal static ObjectInfo InfoOf(string name, BucketObject found) => new(name, found.Size, found.Modified, found.ETag);

    /// <summary>Does a write with a new id. Where its condition does not hold, looks whether that is its own doing.</summary>
    internal async ValueTask<BucketObject> SettleAsync(string key, PutCondition condition, Func<string, ValueTask<BucketObject>> write, CancellationToken cancellation, string? writeId = null)
    {
        string id = writeId ?? NewWriteId();
        try
        {
            return await write(id).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists || e.Code == StorageErrors.Changed || e.Code == StorageErrors.NotFound)
        {
            if (await _bucket.FindAsync(key, cancellation).ConfigureAwait(false) is { } found && found.WriteId == id)
            {
                return found;
            }

            throw;
        }
    }

    internal static string NewWriteId() => Guid.NewGuid().ToString("N");

    private string KeyOf(string name) => StoreName.IsSound(name) ? _root + name : throw StorageErrors.BadName(name);
}
