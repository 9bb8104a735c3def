using System.Runtime.CompilerServices;
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

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await plan.StepAsync($"list {prefix}", cancellation);
        await foreach (ObjectInfo info in inner.ListAsync(prefix, enter, cancellation))
        {
            yield return info;
        }
    }

    public async ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation)
    {
        await plan.StepAsync($"find {name}", cancellation);
        return await inner.FindAsync(name, cancellation);
    }

    public async ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation)
    {
        await plan.StepAsync($"open {name}", cancellation);
        return new FaultyReader(await inner.OpenAsync(name, cancellation), plan);
    }

    public async ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation)
    {
        await plan.StepAsync($"before stage {name}", cancellation);
        var staged = new FaultyObject(await inner.StageAsync(name, cancellation), plan);
        try
        {
            await plan.StepAsync($"after stage {name}", cancellation);
        }
        catch
        {
            await staged.DisposeAsync();
            throw;
        }

        return staged;
    }

    public async ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        await plan.StepAsync($"before put {name}", cancellation);
        ObjectInfo info = await inner.PutAsync(name, content, condition, cancellation);
        await plan.StepAsync($"after put {name}", cancellation);
        return info;
    }

    public async ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        await plan.StepAsync($"before move {from} {to}", cancellation);
        await inner.MoveAsync(from, to, condition, cancellation);
        await plan.StepAsync($"after move {from} {to}", cancellation);
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellation)
    {
        await plan.StepAsync($"before delete {name}", cancellation);
        await inner.DeleteAsync(name, cancellation);
        await plan.StepAsync($"after delete {name}", cancellation);
    }

    public async ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation)
    {
        await plan.StepAsync($"remove stale {prefix}", cancellation);
        await inner.RemoveStaleAsync(prefix, cancellation);
    }

    public async ValueTask<IStoreLock?> TryLockAsync(string name, string note, CancellationToken cancellation)
    {
        await plan.StepAsync($"lock {name}", cancellation);
        return Keep(await ((ILockingStore)inner).TryLockAsync(name, note, cancellation));
    }

    public async ValueTask<IStoreLock?> BreakLockAsync(string name, string note, CancellationToken cancellation)
    {
        await plan.StepAsync($"before break lock {name}", cancellation);
        IStoreLock? held = Keep(await ((ILockingStore)inner).BreakLockAsync(name, note, cancellation));
        await plan.StepAsync($"after break lock {name}", cancellation);
        return held;
    }

    public async ValueTask RemoveStagedAsync(string name, CancellationToken cancellation)
    {
        await plan.StepAsync($"before remove staged {name}", cancellation);
        await ((ILockingStore)inner).RemoveStagedAsync(name, cancellation);
        await plan.StepAsync($"after remove staged {name}", cancellation);
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

    private IStoreLock? Keep(IStoreLock? held)
    {
        if (held is not null)
        {
            _held.Add(held);
        }

        return held;
    }

    private sealed class FaultyReader(IObjectReader inner, FaultPlan plan) : IObjectReader
    {
        public ObjectInfo Info => inner.Info;

        public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
        {
            await plan.StepAsync($"read {Info.Name}", cancellation);
            return await inner.ReadAsync(offset, target, cancellation);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class FaultyObject(IStagedObject inner, FaultPlan plan) : IStagedObject
    {
        public string Name => inner.Name;

        public long Position => inner.Position;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            await plan.StepAsync($"before write {Name}", cancellation);
            int half = bytes.Length / 2;
            await inner.WriteAsync(bytes[..half], cancellation);
            await plan.StepAsync($"within write {Name}", cancellation);
            await inner.WriteAsync(bytes[half..], cancellation);
        }

        public async ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation)
        {
            await plan.StepAsync($"before publish {Name}", cancellation);
            ObjectInfo info = await inner.PublishAsync(condition, cancellation);
            await plan.StepAsync($"after publish {Name}", cancellation);
            return info;
        }

        // A dead process deletes nothing.
        public ValueTask DisposeAsync() => plan.Crashed ? ValueTask.CompletedTask : inner.DisposeAsync();
    }
}
