using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>The way to stores and catalogs, where tests put what fails on purpose.</summary>
/// <param name="OpenStore">Gives the store that is used for a folder of this machine.</param>
/// <param name="OpenCatalog">Gives what stands in front of a catalog, which it owns.</param>
internal sealed record IcebergAccess(Func<LocalStore, IObjectStore> OpenStore, Func<ICatalog, ICatalog> OpenCatalog);

/// <summary>Where tables are: a catalog and the name of one in it. Owns the catalog.</summary>
internal sealed class IcebergPlace : IAsyncDisposable
{
    private readonly IObjectStore? _store;
    private readonly TableIdentifier? _name;

    private IcebergPlace(ICatalog catalog, IObjectStore? store, TableIdentifier? name, string path, TimeProvider time)
    {
        Catalog = catalog;
        _store = store;
        _name = name;
        Path = path;
        Time = time;
    }

    public ICatalog Catalog { get; }

    /// <summary>The table.</summary>
    public TableIdentifier Name => _name ?? throw CatalogErrors.BadOption.Error($"No table of {Path} is named.", ErrorPlace.InFile(Path), "Set `table`, such as raw.orders.");

    /// <summary>Whether one table is meant, and not all of the catalog.</summary>
    public bool IsTable => _name is not null;

    /// <summary>Whether the table has a name in a catalog, by which it is told from others; else it is a folder.</summary>
    public bool HasCatalog => _store is null;

    /// <summary>What the user calls the table, or the catalog.</summary>
    public string Path { get; }

    public TimeProvider Time { get; }

    /// <summary>The place that options name: a folder of this machine or of a store, or a table of a catalog. Nothing is asked yet.</summary>
    /// <param name="options">The options, of which the path may be given anew.</param>
    /// <param name="table">Folder or table, without what names a stream of metadata; null for all tables of the catalog.</param>
    /// <param name="context">The job.</param>
    /// <param name="access">The way to stores and catalogs.</param>
    public static IcebergPlace Open(IcebergOptions options, string? table, ConnectorContext context, IcebergAccess access)
    {
        if (options.Catalog is { } choice)
        {
            if (options.Path is not null)
            {
                throw CatalogErrors.BadOption.Error("Both a path and a catalog are given.", hint: "A table of a catalog is named by `table`; its place is the catalog's affair.");
            }

            TableIdentifier? name = table is null ? null : TableIdentifier.Parse(table);
            ICatalog catalog = access.OpenCatalog(CatalogChoices.Open(choice, new CatalogContext(new TableStores(options.Stores, access.OpenStore, context.Time), context.Time)));
            return new IcebergPlace(catalog, null, name, name?.ToString() ?? catalog.Remote ?? "the catalog", context.Time);
        }

        return options.Table is null && table is not null
            ? OfFolder(table, options.Stores, context, access.OpenStore)
            : throw CatalogErrors.BadOption.Error(
                options.Table is null ? "Neither a path nor a catalog is given." : $"The table '{options.Table}' is named, and no catalog that would know it.",
                hint: "Set `path` to the folder of the table, or `catalog` and `table`.");
    }

    /// <summary>Another table of the same catalog. It does not own the catalog.</summary>
    public IcebergPlace At(TableIdentifier name) => new(Catalog, null, name, name.ToString(), Time);

    /// <summary>The table; null when there is none.</summary>
    public async ValueTask<IcebergTable?> FindAsync(CancellationToken cancellation)
        => await Catalog.LoadAsync(Name, cancellation).ConfigureAwait(false) is { } loaded ? new IcebergTable(Catalog, Name, loaded, Time) : null;

    public async ValueTask<IcebergTable> RequireAsync(CancellationToken cancellation)
        => await FindAsync(cancellation).ConfigureAwait(false) ?? throw (HasCatalog ? IcebergErrors.Missing(Name, Catalog) : IcebergErrors.Missing(Path));

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync().ConfigureAwait(false);
        if (_store is not null)
        {
            await _store.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static IcebergPlace OfFolder(string path, StoreOptions stores, ConnectorContext context, Func<LocalStore, IObjectStore> openStore)
    {
        if (ObjectStores.IsRemote(path))
        {
            // Options of the store may stand in the address and are no part of the table's location.
            Location address = Location.Parse(path);
            string location = $"{address.Scheme}://{address.Path.TrimEnd('/')}";
            OpenedStore opened = ObjectStores.Open(path.Replace(address.Path, address.Path.TrimEnd('/'), StringComparison.Ordinal), stores, context.BaseDirectory);
            return new IcebergPlace(new StoreCatalog(opened.Store, location[..^opened.Name.Length].TrimEnd('/'), context.Time), opened.Store, new TableIdentifier([], opened.Name), location, context.Time);
        }

        string full = System.IO.Path.GetFullPath(path.StartsWith("file://", StringComparison.Ordinal) ? path["file://".Length..] : path, context.BaseDirectory).TrimEnd('/');
        string root = System.IO.Path.GetDirectoryName(full) ?? throw IcebergErrors.Missing(path);
        string shown = path.TrimEnd('/');
        int slash = shown.LastIndexOf('/');
        IObjectStore store = openStore(new LocalStore(root, slash < 0 ? "" : slash == 0 ? "/" : shown[..slash]));
        return new IcebergPlace(new StoreCatalog(store, root == "/" ? "" : root, context.Time), store, new TableIdentifier([], System.IO.Path.GetFileName(full)), shown, context.Time);
    }
}
