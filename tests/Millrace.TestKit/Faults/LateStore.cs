using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>
/// A store whose listings come late: an object is not in the first ones after it was written, and still in the first ones after it was
/// removed. What is asked for by its name is there at once, as in stores that list eventually.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="late">What listings do not tell yet; shared by all who use the same objects.</param>
public sealed class LateStore(IObjectStore inner, LateStore.Listings late) : IObjectStore
{
    public string Describe(string name) => inner.Describe(name);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var shown = new List<ObjectInfo>(late.Removed(prefix));
        await foreach (ObjectInfo info in inner.ListAsync(prefix, enter, cancellation))
        {
            if (!late.IsHidden(info.Name))
            {
                shown.Add(info);
            }
        }

        foreach (ObjectInfo info in shown.DistinctBy(i => i.Name).OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            yield return info;
        }
    }

    public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

    public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation) => inner.OpenAsync(name, cancellation);

    public async ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation)
    {
        late.Wrote(name);
        return await inner.StageAsync(name, cancellation);
    }

    public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation)
    {
        late.Wrote(name);
        return inner.PutAsync(name, content, condition, cancellation);
    }

    public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation)
    {
        late.Wrote(to);
        return inner.MoveAsync(from, to, condition, cancellation);
    }

    public async ValueTask DeleteAsync(string name, CancellationToken cancellation)
    {
        ObjectInfo? info = await inner.FindAsync(name, cancellation);
        await inner.DeleteAsync(name, cancellation);
        if (info is not null)
        {
            late.Deleted(info);
        }
    }

    public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => inner.RemoveStaleAsync(prefix, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>How many listings of it each object is still late for. Any thread may use it.</summary>
    /// <param name="listings">Listings that an object is late for at most.</param>
    public sealed class Listings(int listings)
    {
        private readonly ConcurrentDictionary<string, int> _hidden = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, (ObjectInfo Info, int Left)> _removed = new(StringComparer.Ordinal);
        private int _count;

        public void Wrote(string name)
        {
            _removed.TryRemove(name, out _);
            _hidden[name] = Next();
        }

        public void Deleted(ObjectInfo info)
        {
            _hidden.TryRemove(info.Name, out _);
            _removed[info.Name] = (info, Next());
        }

        public bool IsHidden(string name)
        {
            if (!_hidden.TryGetValue(name, out int left))
            {
                return false;
            }

            if (left <= 0)
            {
                _hidden.TryRemove(name, out _);
                return false;
            }

            _hidden[name] = left - 1;
            return true;
        }

        /// <summary>Objects below a prefix that are gone and listed still.</summary>
        public IReadOnlyList<ObjectInfo> Removed(string prefix)
        {
            var found = new List<ObjectInfo>();
            foreach ((string name, (ObjectInfo info, int left)) in _removed.Where(r => r.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                if (left <= 0)
                {
                    _removed.TryRemove(name, out _);
                    continue;
                }

                _removed[name] = (info, left - 1);
                found.Add(info);
            }

            return found;
        }

        // Every length in turn, so that runs are the same each time.
        private int Next() => Interlocked.Increment(ref _count) % (listings + 1);
    }
}
