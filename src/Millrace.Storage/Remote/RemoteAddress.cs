using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>The address of an object in a cloud: where it is, and its key.</summary>
/// <param name="Scheme">Kind of the store.</param>
/// <param name="Bucket">Bucket or container.</param>
/// <param name="Host">Host of the account, for addresses of the form <c>abfss://container@host/path</c>; null for others.</param>
/// <param name="Key">Key as the store has it, which is not escaped; empty for the bucket itself.</param>
internal sealed record RemoteAddress(string Scheme, string Bucket, string? Host, string Key)
{
    /// <summary>Azure's own addresses are those of Data Lake Storage; <c>az</c> is what other tools write.</summary>
    public static IReadOnlyList<string> AzureSchemes { get; } = ["az", "azure", "abfs", "abfss"];

    /// <summary>The names that Hadoop's clients gave to S3 are understood too.</summary>
    public static IReadOnlyList<string> S3Schemes { get; } = ["s3", "s3a", "s3n"];

    public static IReadOnlyList<string> GcsSchemes { get; } = ["gs", "gcs"];

    /// <summary>Start of the addresses of the bucket's objects, as the user writes them.</summary>
    public string Display => Host is null ? $"{Scheme}://{Bucket}/" : $"{Scheme}://{Bucket}@{Host}/";

    public static RemoteAddress Parse(Location location)
    {
        int slash = location.Path.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? location.Path : location.Path[..slash];
        string key = slash < 0 ? "" : location.Path[(slash + 1)..];
        string? host = null;
        if (AzureSchemes.Contains(location.Scheme) && bucket.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            host = bucket[(at + 1)..];
            bucket = bucket[..at];
        }

        return bucket.Length > 0 && host is not ""
            ? new RemoteAddress(location.Scheme, bucket, host, key)
            : throw StorageErrors.BadUrl.Error($"'{location.Scheme}://{location.Path}' names no bucket.");
    }
}
