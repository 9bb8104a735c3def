using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>A store whose locks nobody sees, as those of clouds that have none.</summary>
public sealed class UnlockedStore(IObjectStore inner) : IObjectStore
{
    public string Describe(string name) => inner.Describe(name);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation) => inner.ListAsync(prefix, enter, cancellation);

    public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

    public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation) => inner.OpenAsync(name, cancellation);

    public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => inner.StageAsync(name, cancellation);

    public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation) => inner.PutAsync(name, content, condition, cancellation);

    public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation) => inner.MoveAsync(from, to, condition, cancellation);

    public ValueTask DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

    public ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation) => inner.DeleteAllAsync(names, cancellation);

    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => inner.RemoveStaleAsync(prefix, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
