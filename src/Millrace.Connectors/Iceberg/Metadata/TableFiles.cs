using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The files of a table: the metadata names them by full paths, the store by names of its own. A table that was moved as a whole still
/// works, since only what follows the table's location counts.
/// </summary>
/// <param name="store">Where the table is. Stays the caller's.</param>
/// <param name="folder">Name of the table's folder in the store, without a slash at its end; empty for the store itself.</param>
/// <param name="location">Location of the table as its metadata has it.</param>
/// <param name="storeLocation">Location of the store, where files of the table may lie anywhere in it; null for files below the table's location alone.</param>
public sealed class TableFiles(IObjectStore store, string folder, string location, string? storeLocation = null)
{
    private readonly string _root = Plain(location) + "/";
    private readonly string? _storeRoot = storeLocation is null ? null : Plain(storeLocation).TrimEnd('/') + "/";

    public IObjectStore Store => store;

    public string Folder => folder;

    public string Location => location;

    /// <summary>The path, for metadata, of a file in the table's folder.</summary>
    public string PathOf(string relative) => $"{location}/{relative}";

    /// <summary>The name, in the store, of a file in the table's folder.</summary>
    public string Inside(string relative) => folder.Length == 0 ? relative : $"{folder}/{relative}";

    /// <summary>The name, in the store, of a file that the metadata names.</summary>
    public string NameOf(string path) => FindName(path) ?? throw IcebergErrors.Outside(path, location);

    /// <summary>The same; null for a file that is neither in the table's folder nor elsewhere in the store.</summary>
    public string? FindName(string path)
    {
        string plain = Plain(path);
        return plain.StartsWith(_root, StringComparison.Ordinal) && StoreName.IsSound(plain[_root.Length..]) ? Inside(plain[_root.Length..])
            : _storeRoot is not null && plain.StartsWith(_storeRoot, StringComparison.Ordinal) && StoreName.IsSound(plain[_storeRoot.Length..]) ? plain[_storeRoot.Length..]
            : null;
    }

    /// <summary>What the user calls a file that the metadata names.</summary>
    public string Describe(string path) => store.Describe(NameOf(path));

    public async ValueTask<IByteSource> OpenAsync(string path, CancellationToken cancellation)
    {
        string name = NameOf(path);
        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        return new StoreByteSource(reader, store.Describe(name), reader.Info.Size);
    }

    /// <summary>A whole file of metadata.</summary>
    public async ValueTask<byte[]> ReadAllAsync(string name, int most, CancellationToken cancellation)
    {
        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        var source = new StoreByteSource(reader, store.Describe(name), reader.Info.Size);
        await using (source.ConfigureAwait(false))
        {
            if (source.Length > most)
            {
                throw IcebergErrors.Limit(source.Name, $"The file has {source.Length} bytes, more than the {most} allowed");
            }

            byte[] content = new byte[source.Length];
            int length = await source.ReadFullyAsync(0, content, cancellation).ConfigureAwait(false);
            return content[..length];
        }
    }

    public ValueTask<IStagedObject> StageAsync(string path, CancellationToken cancellation) => store.StageAsync(NameOf(path), cancellation);

    /// <summary>The same for an object that carries tags, the most important ones first.</summary>
    public ValueTask<IStagedObject> StageAsync(string path, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellation) => store.StageAsync(NameOf(path), tags, cancellation);

    // Engines write one place in several ways.
    private static string Plain(string path)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon > 0 ? path[..colon] : "";
        return scheme switch
        {
            "file" => "/" + path[(colon + 1)..].TrimStart('/'),
            "s3a" or "s3n" => "s3" + path[colon..],
            "abfs" or "wasb" or "wasbs" => "abfss" + path[colon..],
            _ => path,
        };
    }
}
