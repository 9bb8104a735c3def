using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Where a table is: the catalog that knows it and its name there. Owns the store.</summary>
internal sealed class IcebergPlace : IAsyncDisposable
{
    private readonly IObjectStore _store;

    private IcebergPlace(IObjectStore store, string root, TableIdentifier name, string path, TimeProvider time)
    {
        _store = store;
        Catalog = new StoreCatalog(store, root, time);
        Name = name;
        Path = path;
        Time = time;
    }

    public ICatalog Catalog { get; }

    public TableIdentifier Name { get; }

    /// <summary>What the user calls the table.</summary>
    public string Path { get; }

    public TimeProvider Time { get; }

    /// <summary>The place of a table: a folder of this machine, or of a store that an address leads into.</summary>
    public static IcebergPlace Open(string path, ConnectorContext context, Func<LocalStore, IObjectStore> openStore)
    {
        if (ObjectStores.IsRemote(path))
        {
            // Options of the store stand in the address and are no part of the table's location.
            Location address = Location.Parse(path);
            string location = $"{address.Scheme}://{address.Path.TrimEnd('/')}";
            OpenedStore opened = ObjectStores.Open(path.Replace(address.Path, address.Path.TrimEnd('/'), StringComparison.Ordinal), null, context.BaseDirectory);
            return new IcebergPlace(opened.Store, location[..^opened.Name.Length].TrimEnd('/'), new TableIdentifier([], opened.Name), location, context.Time);
        }

        string full = System.IO.Path.GetFullPath(path.StartsWith("file://", StringComparison.Ordinal) ? path["file://".Length..] : path, context.BaseDirectory).TrimEnd('/');
        string root = System.IO.Path.GetDirectoryName(full) ?? throw IcebergErrors.Missing(path);
        string shown = path.TrimEnd('/');
        int slash = shown.LastIndexOf('/');
        var store = new LocalStore(root, slash < 0 ? "" : slash == 0 ? "/" : shown[..slash]);
        return new IcebergPlace(openStore(store), root == "/" ? "" : root, new TableIdentifier([], System.IO.Path.GetFileName(full)), shown, context.Time);
    }

    /// <summary>The table; null when there is none.</summary>
    public async ValueTask<IcebergTable?> FindAsync(CancellationToken cancellation)
        => await Catalog.LoadAsync(Name, cancellation).ConfigureAwait(false) is { } loaded ? new IcebergTable(Catalog, Name, loaded, Time) : null;

    public async ValueTask<IcebergTable> RequireAsync(CancellationToken cancellation)
        => await FindAsync(cancellation).ConfigureAwait(false) ?? throw IcebergErrors.Missing(Path);

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }
}
