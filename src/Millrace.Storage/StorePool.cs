using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>
/// Stores of one reader or writer that looks into many folders: those in one bucket share its connections, which end with the
/// pool. Any thread may call.
/// </summary>
/// <param name="options">Options of stores.</param>
public sealed class StorePool(StoreOptions options) : IAsyncDisposable
{
    private readonly Dictionary<string, (Bucket Bucket, TimeSpan StaleAfter)> _buckets = [];
    private readonly Lock _lock = new();

    /// <summary>Opens the store of a folder in a cloud, such as <c>s3://bucket/folder/</c>. The pool owns it.</summary>
    public IObjectStore Open(string folder)
    {
        RemoteAddress address = RemoteAddress.Parse(Location.Parse(folder));
        lock (_lock)
        {
            if (!_buckets.TryGetValue(address.Display, out (Bucket Bucket, TimeSpan StaleAfter) known))
            {
                known = _buckets[address.Display] = ObjectStores.OpenBucket(address, options);
            }

            return new RemoteStore(known.Bucket, address.Key, known.StaleAfter, ownsBucket: false);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            foreach ((Bucket bucket, _) in _buckets.Values)
            {
                bucket.Dispose();
            }

            _buckets.Clear();
        }

        return ValueTask.CompletedTask;
    }
}
