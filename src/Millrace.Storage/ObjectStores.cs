using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>Opens the store that an address leads into.</summary>
public static class ObjectStores
{
    /// <summary>Schemes of stores that are not disks of this machine.</summary>
    public static IReadOnlyList<string> RemoteSchemes { get; } = [.. RemoteAddress.S3Schemes, .. RemoteAddress.AzureSchemes, .. RemoteAddress.GcsSchemes];

    /// <summary>Whether a text is the address of an object in a cloud, or of a folder of them.</summary>
    public static bool IsRemote(string text)
        => text.IndexOf("://", StringComparison.Ordinal) is > 0 and var colon && RemoteSchemes.Contains(text[..colon].ToLowerInvariant());

    /// <summary>Name of the group of options in <see cref="StoreOptions"/> that a scheme takes.</summary>
    public static string? OptionsOf(string scheme) => RemoteAddress.S3Schemes.Contains(scheme) ? "s3" : RemoteAddress.AzureSchemes.Contains(scheme) ? "azure" : RemoteAddress.GcsSchemes.Contains(scheme) ? "gcs" : null;

    /// <summary>
    /// Opens the store of an address: <c>s3://bucket/folder/name?region=…</c>, <c>file:///path</c> or a path. The part of the path
    /// behind the last slash is the name of an object in the store.
    /// </summary>
    /// <param name="address">The address. A query in it stands for the options of the store and takes their place.</param>
    /// <param name="options">Options of stores.</param>
    /// <param name="baseDirectory">Where relative paths start.</param>
    public static OpenedStore Open(string address, StoreOptions? options = null, string? baseDirectory = null)
    {
        Location location = Location.Parse(address);
        if (location.Scheme is "" or "file")
        {
            string path = location.Scheme.Length == 0 ? location.Path : Uri.UnescapeDataString(location.Path);
            int end = path.LastIndexOf('/') + 1;
            string folder = end == 0 ? "." : path[..end];
            return new OpenedStore(new LocalStore(baseDirectory is null ? folder : Path.GetFullPath(folder, baseDirectory), end == 1 ? "/" : path[..end].TrimEnd('/')), path[end..]);
        }

        RemoteAddress parsed = RemoteAddress.Parse(location);
        int slash = parsed.Key.LastIndexOf('/') + 1;
        (Bucket bucket, TimeSpan staleAfter) = OpenBucket(parsed, StoreOptions.Of(location, options));
        return new OpenedStore(new RemoteStore(bucket, parsed.Key[..slash], staleAfter, ownsBucket: true), parsed.Key[slash..]);
    }

    internal static (Bucket Bucket, TimeSpan StaleAfter) OpenBucket(RemoteAddress address, StoreOptions options)
    {
        try
        {
            return Connect(address, options);
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(ErrorPlace.InFile(address.Display));
        }
    }

    private static (Bucket Bucket, TimeSpan StaleAfter) Connect(RemoteAddress address, StoreOptions options)
    {
        switch (OptionsOf(address.Scheme))
        {
            case "s3":
                S3Options s3 = options.S3 ?? new S3Options();
                return (new S3Bucket(address.Bucket, address.Display, s3, options.Credentials), s3.StaleAfter);
            case "azure":
                return (new AzureBucket(address.Bucket, address.Host, address.Display, options.Azure ?? new AzureOptions(), options.Credentials), TimeSpan.MaxValue);
            case "gcs":
                GcsOptions gcs = options.Gcs ?? new GcsOptions();
                return (new GcsBucket(address.Bucket, address.Display, gcs, options.Credentials), gcs.StaleAfter);
            default:
                throw StorageErrors.BadUrl.Error($"'{address.Display}' leads into no store that is known here.");
        }
    }
}

/// <summary>A store, and the object in it that an address named.</summary>
/// <param name="Store">The store; whoever opened it disposes it.</param>
/// <param name="Name">Name of the object; empty where the address names a folder.</param>
public readonly record struct OpenedStore(IObjectStore Store, string Name);
