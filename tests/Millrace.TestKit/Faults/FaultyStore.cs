using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>
/// A store in front of another that fails at a step of its choosing: before or after an operation takes effect, or in the
/// middle of a write. After a crash every further call fails, as for a process that is gone, and nothing staged is cleaned up.
/// </summary>
public sealed class FaultyStore(IObjectStore inner, FaultPlan plan) : IObjectStore, ILockingStore
{
    private readonly List<IAsyncDisposable> _held = [];

    public string Describe(string name) => inner.Describe(name);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation)
    {
        plan.Step($"list {prefix}");
        return inner.ListAsync(prefix, enter, cancellation);
    }

    public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation)
    {
        plan.Step($"find {name}");
        return inner.FindAsync(name, cancellation);
    }

    public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation)
    {
        plan.Step($"open {name}");
        return inner.OpenAsync(name, cancellation);
    }

    public async ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation)
    {
        plan.Step($"before stage {name}");
        IStagedObject staged = await inner.StageAsync(name, cancellation);
        plan.Step($"after stage {name}");
        return new FaultyObject(staged, plan);
    }

    public async ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        plan.Step($"before put {name}");
        ObjectInfo info = await inner.PutAsync(name, content, condition, cancellation);
        plan.Step($"after put {name}");
        return info;
    }

    public async ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        plan.Step($"before move {from} {to}");
        await inner.MoveAsync(from, to, condition, cancellation);
        plan.Step($"after move {from} {to}");
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellation)
    {
        plan.Step($"before delete {name}");
        await inner.DeleteAsync(name, cancellation);
        plan.Step($"after delete {name}");
    }

    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation)
    {
        plan.Step($"remove stale {prefix}");
        return inner.RemoveStaleAsync(prefix, cancellation);
    }

    public async ValueTask<IAsyncDisposable?> TryLockAsync(string name, string note, CancellationToken cancellation)
    {
        plan.Step($"lock {name}");
        IAsyncDisposable? held = await ((ILockingStore)inner).TryLockAsync(name, note, cancellation);
        if (held is not null)
        {
            _held.Add(held);
        }

        return held;
    }

    public ValueTask<string?> ReadLockNoteAsync(string name, CancellationToken cancellation)
        => ((ILockingStore)inner).ReadLockNoteAsync(name, cancellation);

    /// <summary>What the operating system does when the process is gone: locks end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable held in _held)
        {
            await held.DisposeAsync();
        }

        await inner.DisposeAsync();
    }

    private sealed class FaultyObject(IStagedObject inner, FaultPlan plan) : IStagedObject
    {
        public string Name => inner.Name;

        public long Position => inner.Position;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            plan.Step($"before write {Name}");
            int half = bytes.Length / 2;
            await inner.WriteAsync(bytes[..half], cancellation);
            plan.Step($"within write {Name}");
            await inner.WriteAsync(bytes[half..], cancellation);
        }

        public async ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation)
        {
            plan.Step($"before publish {Name}");
            ObjectInfo info = await inner.PublishAsync(condition, cancellation);
            plan.Step($"after publish {Name}");
            return info;
        }

        // A dead process deletes nothing.
        public ValueTask DisposeAsync() => plan.Crashed ? ValueTask.CompletedTask : inner.DisposeAsync();
    }
}
