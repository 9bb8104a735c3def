using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>Opens the store that an address leads into.</summary>
public static class ObjectStores
{
    private const string S3Scheme = "s3";

    /// <summary>Schemes of stores that are not disks of this machine.</summary>
    public static IReadOnlyList<string> RemoteSchemes { get; } = [S3Scheme, "s3a", "s3n"];

    /// <summary>Whether a text is the address of an object in a cloud.</summary>
    public static bool IsRemote(string text) => RemoteSchemes.Contains(Location.Parse(text).Scheme);

    /// <summary>
    /// Opens the store of an address: <c>s3://bucket/folder/name?region=…</c>, <c>file:///path</c> or a path. The part of the path
    /// behind the last slash is the name of an object in the store.
    /// </summary>
    /// <param name="address">The address; options of the store may stand in its query.</param>
    /// <param name="options">Options of the store; those of the address win.</param>
    /// <param name="baseDirectory">Where relative paths start.</param>
    public static OpenedStore Open(string address, OptionMap? options = null, string baseDirectory = ".")
    {
        Location location = Location.Parse(address);
        OptionMap all = Merge(location, options);
        if (location.Scheme is "" or "file")
        {
            string path = location.Scheme.Length == 0 ? location.Path : Uri.UnescapeDataString(location.Path);
            int end = path.LastIndexOf('/') + 1;
            return new OpenedStore(new LocalStore(Path.GetFullPath(end == 0 ? "." : path[..end], baseDirectory), path[..end].TrimEnd('/')), path[end..]);
        }

        RemoteAddress parsed = RemoteAddress.Parse(location);
        int slash = parsed.Key.LastIndexOf('/') + 1;
        return location.Scheme is S3Scheme or "s3a" or "s3n"
            ? new OpenedStore(Store(new S3Bucket(parsed.Bucket, Bind<S3Options>(all)), parsed.Key[..slash], Bind<S3Options>(all).StaleAfter), parsed.Key[slash..])
            : throw StorageErrors.BadUrl.Error($"'{address}' leads into no store that is known here.");
    }

    private static RemoteStore Store(Bucket bucket, string root, TimeSpan staleAfter) => new(bucket, root, staleAfter);

    private static OptionMap Merge(Location location, OptionMap? options)
    {
        OptionMap all = location.ToOptions("");
        all.Remove("");
        foreach (OptionEntry entry in options?.Entries ?? [])
        {
            if (all[entry.Name] is null)
            {
                all.Set(entry.Name, entry.Value, entry.NamePlace);
            }
        }

        return all;
    }

    private static T Bind<T>(OptionMap options)
        where T : class
    {
        var faults = new OptionFaults();
        T bound = OptionBinder.Bind<T>(options, faults);
        faults.ThrowIfAny();
        return bound;
    }
}

/// <summary>A store, and the object in it that an address named.</summary>
/// <param name="Store">The store; whoever opened it disposes it.</param>
/// <param name="Name">Name of the object; empty where the address names a folder.</param>
public readonly record struct OpenedStore(IObjectStore Store, string Name);
