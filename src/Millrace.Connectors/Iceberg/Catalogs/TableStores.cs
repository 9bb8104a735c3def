using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>The stores that the tables of one catalog lie in. Tables of one bucket share a store, unless each has credentials of its own. Any thread may call.</summary>
/// <param name="given">Options of stores, as the user gave them; they win over what a catalog says.</param>
/// <param name="openLocal">Opens the store of a folder of this machine.</param>
/// <param name="time">Clock by which credentials end.</param>
internal sealed class TableStores(StoreOptions given, Func<LocalStore, IObjectStore> openLocal, TimeProvider time) : IAsyncDisposable
{
    private readonly Dictionary<(string Root, IStoreCredentials? Lent), IObjectStore> _stores = [];
    private readonly Lock _lock = new();

    /// <summary>The files of a table.</summary>
    /// <param name="location">Location of the table, as its metadata has it.</param>
    /// <param name="settings">How a catalog says that the store is reached, in Iceberg's names of properties.</param>
    /// <param name="lent">Credentials of the catalog, which are used where the user gave none; null for none.</param>
    public TableFiles FilesOf(string location, IReadOnlyDictionary<string, string> settings, IStoreCredentials? lent)
    {
        (string root, string folder) = Split(location);
        bool isLocal = !ObjectStores.IsRemote(root);
        lent = isLocal || HasOwn(root) ? null : lent;
        lock (_lock)
        {
            if (!_stores.TryGetValue((root, lent), out IObjectStore? store))
            {
                store = _stores[(root, lent)] = isLocal ? openLocal(new LocalStore(root)) : OpenRemote(root, StoreSettings.Fill(given, settings), lent);
            }

            return new TableFiles(store, folder, location, root);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IObjectStore store in _stores.Values)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }

        _stores.Clear();
    }

    private IObjectStore OpenRemote(string root, StoreOptions options, IStoreCredentials? lent)
        => ObjectStores.Open(root + "/", lent is null ? options : options.WithCredentials(lent, time)).Store;

    // A bucket as a whole, since files of a table need not be below its location; of this machine the folder that the table's is in.
    private static (string Root, string Folder) Split(string location)
    {
        if (ObjectStores.IsRemote(location))
        {
            int start = location.IndexOf("://", StringComparison.Ordinal) + 3;
            int slash = location.IndexOf('/', start);
            return slash < 0 ? (location, "") : (location[..slash], location[(slash + 1)..].Trim('/'));
        }

        string path = "/" + (location.StartsWith("file:", StringComparison.Ordinal) ? location["file:".Length..] : location).Trim('/');
        int last = path.LastIndexOf('/');
        return location.Contains("://", StringComparison.Ordinal) && !location.StartsWith("file:", StringComparison.Ordinal)
            ? throw CatalogErrors.BadAnswer.Error($"The table lies at '{location}', in a store that is not known here.", hint: "Known are file, s3, abfss and gs.")
            : (last == 0 ? "/" : path[..last], path[(last + 1)..]);
    }

    private bool HasOwn(string root) => ObjectStores.OptionsOf(Location.Parse(root).Scheme) switch
    {
        "s3" => given.S3 is { AccessKeyId: not null } or { Profile: not null } or { RoleArn: not null } or { Anonymous: true },
        "azure" => given.Azure is { AccountKey: not null } or { SasToken: not null } or { ConnectionString: not null } or { ClientSecret: not null } or { Anonymous: true },
        _ => given.Gcs is { CredentialsFile: not null } or { CredentialsSecret: not null } or { Anonymous: true },
    };
}
