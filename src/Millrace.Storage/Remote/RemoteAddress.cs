using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>The address of an object in a cloud: where it is, and its key.</summary>
/// <param name="Bucket">Bucket or container.</param>
/// <param name="Key">Key as the store has it; empty for the bucket itself.</param>
internal sealed record RemoteAddress(string Bucket, string Key)
{
    public static RemoteAddress Parse(Location location)
    {
        int slash = location.Path.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? location.Path : location.Path[..slash];
        string key = slash < 0 ? "" : location.Path[(slash + 1)..];
        return bucket.Length > 0
            ? new RemoteAddress(bucket, key)
            : throw StorageErrors.BadUrl.Error($"'{location.Scheme}://{location.Path}' names no bucket.");
    }
}
