using Millrace.Storage;

namespace Millrace.Bench.Peers;

/// <summary>
/// A store that writes the same bytes without promising anything: nothing is forced to disk, and no name is protected. What a target that delivers at least once would do; the difference is the price of exactly once.
/// </summary>
internal sealed class UnsafeStore(LocalStore inner) : IObjectStore, ILockingStore
{
    public string Describe(string name) => inner.Describe(name);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation) => inner.ListAsync(prefix, enter, cancellation);

    public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

    public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation) => inner.OpenAsync(name, cancellation);

    public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => new(new PlainFile(name, PathOf(name)));

    public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content.Span);
        return new(new ObjectInfo(name, content.Length, DateTimeOffset.UtcNow, ""));
    }

    public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancellation)
    {
        File.Delete(PathOf(name));
        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<IStoreLock?> TryLockAsync(string name, string note, CancellationToken cancellation) => inner.TryLockAsync(name, note, cancellation);

    public ValueTask<IStoreLock?> BreakLockAsync(string name, string note, CancellationToken cancellation) => inner.BreakLockAsync(name, note, cancellation);

    public ValueTask<string?> ReadLockNoteAsync(string name, CancellationToken cancellation) => inner.ReadLockNoteAsync(name, cancellation);

    public ValueTask RemoveStagedAsync(string name, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private string PathOf(string name) => Path.Combine(inner.Root, name);

    private sealed class PlainFile : IStagedObject
    {
        private readonly FileStream _stream;

        public PlainFile(string name, string path)
        {
            Name = name;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        }

        public string Name { get; }

        public long Position => _stream.Position;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            _stream.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation)
        {
            long size = _stream.Length;
            _stream.Dispose();
            return new(new ObjectInfo(Name, size, DateTimeOffset.UtcNow, ""));
        }

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}
