namespace Millrace.Storage;

/// <summary>
/// Bytes by name. Names are relative, their parts separated by <c>/</c>; a name never reaches outside of the store. An
/// object is seen whole or not at all. Any thread may call; several calls may run at once.
/// </summary>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>What the user calls an object: for messages.</summary>
    string Describe(string name);

    /// <summary>The objects whose names start with a prefix, in ordinal order of their names. What is staged is not among them.</summary>
    /// <param name="prefix">Start of the names; empty for all.</param>
    /// <param name="enter">Asked with the name of every folder below, its slash at the end, whether to look into it; null for all.</param>
    /// <param name="cancellation">Stops the listing.</param>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation);

    /// <summary>What is known of an object; null when there is none of that name.</summary>
    ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Opens an object for reading at any place.</summary>
    ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation);

    /// <summary>Starts an object of any size; nobody sees it before <see cref="IStagedObject.PublishAsync"/>.</summary>
    ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation);

    /// <summary>Starts an object that carries tags, where the store has a place for them; the most important ones come first.</summary>
    ValueTask<IStagedObject> StageAsync(string name, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellation) => StageAsync(name, cancellation);

    /// <summary>Writes a small object in one step. It is durable when the call returns.</summary>
    ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation);

    /// <summary>
    /// Gives an object another name in this store. The new name is durable when the call returns; after a crash of the
    /// machine the old one may be there again beside it.
    /// </summary>
    ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation);

    /// <summary>Removes an object; no error when there is none.</summary>
    ValueTask DeleteAsync(string name, CancellationToken cancellation);

    /// <summary>Removes objects, as many calls of <see cref="DeleteAsync"/> would; durable when the call returns.</summary>
    async ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        foreach (string name in names)
        {
            await DeleteAsync(name, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Throws away what dead processes had staged under names that start with a prefix.</summary>
    ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation);
}
