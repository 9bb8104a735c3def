namespace Millrace.Storage;

/// <summary>
/// A bucket or container of one cloud, by its own API: what <see cref="RemoteStore"/> needs of it and nothing more. Keys are
/// whole; names, prefixes and the rest of the contract are the store's. Errors come as <see cref="MillraceException"/>;
/// retries of what may be repeated are done here. Any thread may call.
/// </summary>
internal abstract class Bucket : IDisposable
{
    /// <summary>Name under which a write leaves its id in an object's metadata.</summary>
    protected const string WriteIdKey = "millrace-write";

    /// <summary>What the user calls an object, such as <c>s3://bucket/key</c>.</summary>
    public abstract string Describe(string key);

    /// <summary>Size of the parts of an object that is written in parts; the last may be smaller.</summary>
    /// <param name="number">Number of the part, from 1.</param>
    public abstract int PartBytes(int number);

    /// <summary>How many parts may be on their way at once.</summary>
    public abstract int PartsAtOnce { get; }

    /// <summary>The most objects one call of <see cref="DeleteAsync"/> takes.</summary>
    public abstract int DeletesAtOnce { get; }

    /// <summary>One page of a listing, in the order of the keys.</summary>
    /// <param name="prefix">Start of the keys.</param>
    /// <param name="delimited">Whether keys with a further slash are summed up as folders.</param>
    /// <param name="token">Where the page before has ended; null for the first.</param>
    /// <param name="cancellation">Stops the call.</param>
    public abstract ValueTask<BucketPage> ListAsync(string prefix, bool delimited, string? token, CancellationToken cancellation);

    /// <summary>What is known of an object; null when there is none.</summary>
    public abstract ValueTask<BucketObject?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Fills the target from an object, which has to be the one with this tag still.</summary>
    public abstract ValueTask ReadAsync(string key, string etag, long offset, Memory<byte> target, CancellationToken cancellation);

    /// <summary>Writes an object in one step.</summary>
    /// <param name="key">The object.</param>
    /// <param name="content">All of it.</param>
    /// <param name="condition">When to.</param>
    /// <param name="marks">What goes on the object.</param>
    /// <param name="cancellation">Stops the call.</param>
    public abstract ValueTask<BucketObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, WriteMarks marks, CancellationToken cancellation);

    /// <summary>Begins an object of several parts.</summary>
    public abstract ValueTask<BucketUpload> BeginAsync(string key, WriteMarks marks, CancellationToken cancellation);

    /// <summary>Copies an object within the bucket, whatever its size, and what is on it; the copy carries the id of this write.</summary>
    public abstract ValueTask CopyAsync(string from, BucketObject source, string to, PutCondition condition, string writeId, CancellationToken cancellation);

    /// <summary>Removes objects; those that are not there are no error.</summary>
    public abstract ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation);

    /// <summary>Removes what is left of uploads under a prefix that began before a time.</summary>
    public abstract ValueTask RemoveStaleAsync(string prefix, DateTimeOffset before, CancellationToken cancellation);

    /// <summary>How the API can be reached and what it can do, for those who ask before a run; throws where it cannot.</summary>
    public abstract ValueTask<IReadOnlyList<string>> ProbeAsync(string prefix, CancellationToken cancellation);

    public abstract void Dispose();
}

/// <summary>An object as a bucket knows it.</summary>
/// <param name="Key">Whole key.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When it was written.</param>
/// <param name="ETag">As conditions take it.</param>
/// <param name="WriteId">What the write left in its metadata; null when unknown, as in listings.</param>
internal sealed record BucketObject(string Key, long Size, DateTimeOffset Modified, string ETag, string? WriteId)
{
    /// <summary>The rest of its metadata; empty when unknown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Whether it has tags beside its metadata.</summary>
    public bool HasTags { get; init; }
}

/// <summary>A part of a listing.</summary>
/// <param name="Objects">In the order of keys.</param>
/// <param name="Folders">With their slash at the end, in order too.</param>
/// <param name="Next">Where the next page begins; null for the last.</param>
internal sealed record BucketPage(IReadOnlyList<BucketObject> Objects, IReadOnlyList<string> Folders, string? Next);

/// <summary>An object that is being uploaded in parts. Parts may be sent at once, in any order.</summary>
internal abstract class BucketUpload
{
    /// <param name="number">Number of the part, from 1.</param>
    /// <param name="offset">Where it stands in the object.</param>
    /// <param name="bytes">The part, borrowed until the call returns.</param>
    /// <param name="cancellation">Stops the call.</param>
    public abstract ValueTask SendAsync(int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Makes one object of the parts.</summary>
    /// <param name="parts">How many there are.</param>
    /// <param name="size">Bytes in all.</param>
    /// <param name="condition">When to.</param>
    /// <param name="cancellation">Stops the call.</param>
    public abstract ValueTask<BucketObject> CompleteAsync(int parts, long size, PutCondition condition, CancellationToken cancellation);

    /// <summary>Throws the parts away, as far as that is possible.</summary>
    public abstract ValueTask AbortAsync();
}
