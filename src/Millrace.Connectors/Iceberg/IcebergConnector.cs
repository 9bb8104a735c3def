using System.Globalization;
using Millrace.Connectors.Iceberg;
using Millrace.Sdk;
using Millrace.Storage;

[assembly: Connector("iceberg", typeof(IcebergConnector))]

namespace Millrace.Connectors.Iceberg;

/// <summary>Iceberg tables in folders and catalogs.</summary>
public sealed class IcebergConnector : Connector
{
    private readonly IcebergAccess _access;

    public IcebergConnector()
        : this(static store => store)
    {
    }

    /// <param name="openStore">Gives the store that is used for a folder, such as one that fails on purpose.</param>
    /// <param name="openCatalog">Gives what stands in front of a catalog, which it owns; null for nothing.</param>
    public IcebergConnector(Func<LocalStore, IObjectStore> openStore, Func<ICatalog, ICatalog>? openCatalog = null)
        => _access = new IcebergAccess(openStore, openCatalog ?? (static catalog => catalog));

    public override string Summary => "Iceberg tables: snapshots of Parquet files with schemas that evolve, which other engines read and write as well.";

    public override IReadOnlyList<string> Schemes => ["iceberg", .. CatalogAddress.Schemes];

    public override Type SourceOptions => typeof(IcebergSourceOptions);

    public override Type SinkOptions => typeof(IcebergTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental, ReadMode.Cdc],
        WriteModes = [WriteMode.Append, WriteMode.Overwrite, WriteMode.Merge, WriteMode.SnapshotDiff, WriteMode.Scd2],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        PushesProjection = true,
        PushesPredicate = true,
        ReadsInParallel = true,
        RemovesMissing = true,
        Limits =
        [
            "Tables of format version 1 to 3 are read and written. Columns of the types unknown, variant, geometry or geography are refused: other columns are read, and nothing is written beside them. Encrypted tables are refused.",
            "Data files are Parquet.",
            "A table that a catalog knows is written through that catalog; by its folder it can only be read.",
        ],
    };

    /// <summary>
    /// <c>iceberg://lake/orders</c> is the folder <c>lake/orders</c>, <c>iceberg:///lake/orders</c> the one at the root, and
    /// <c>iceberg://s3://bucket/orders</c> one in a store, whose options stay with its address; <c>iceberg+https://host/raw.orders</c> is a
    /// table of a catalog.
    /// </summary>
    public override OptionMap OptionsOf(Location location, ConnectorRole role)
    {
        if (CatalogAddress.Is(location))
        {
            return CatalogAddress.ToOptions(location);
        }

        OptionMap options = location.ToOptions("path");
        if (ObjectStores.IsRemote(location.Path))
        {
            var address = new OptionMap(options.Place);
            address.Set("path", new OptionScalar(location.Text[(location.Scheme.Length + "://".Length)..], options.Place, Quoted: true));
            return address;
        }

        options.Set("path", new OptionScalar(location.Scheme.Length == 0 ? location.Path : Uri.UnescapeDataString(location.Path), options.Place, Quoted: true));
        return options;
    }

    /// <summary>A version is the id of a snapshot, or the name of a branch or tag.</summary>
    public override object AsOf(object options, string version, bool isTime)
    {
        var source = (IcebergSourceOptions)options;
        return isTime ? source with { AsOf = version }
            : long.TryParse(version, CultureInfo.InvariantCulture, out long id) ? source with { SnapshotId = id }
            : source with { Ref = version };
    }

    public override string TargetOf(object options, ConnectorContext context)
    {
        var target = (IcebergTargetOptions)options;
        string place = target.Path is { } path
            ? ObjectStores.IsRemote(path) ? path : Path.GetFullPath(path, context.BaseDirectory)
            : $"{(target.Catalog is { Name: { } type } catalog ? catalog.Bind(type) : null)} {target.Table}";
        return $"{place} {target.Branch}";
    }

    /// <summary>Opens the table of source options to look after it; the caller disposes what it gets.</summary>
    public TableMaintenance OpenMaintenance(object options, ConnectorContext context)
    {
        var source = (IcebergSourceOptions)options;
        IcebergPlace place = IcebergPlace.Open(source, source.Path ?? source.Table, context, _access);
        _ = place.Name;
        return new TableMaintenance(place);
    }

    public override ISource OpenSource(object options, ConnectorContext context)
    {
        var source = (IcebergSourceOptions)options;

        // A path may end in the name of a stream of metadata: lake/orders$snapshots.
        string? table = source.Path ?? source.Table;
        string? metadata = table is null ? null : MetadataStreams.Names.FirstOrDefault(n => table.EndsWith(n, StringComparison.Ordinal));
        return new IcebergSource(IcebergPlace.Open(source, metadata is null ? table : table![..^metadata.Length], context, _access), source, metadata);
    }

    public override ISink OpenSink(object options, ConnectorContext context)
    {
        var target = (IcebergTargetOptions)options;
        IcebergPlace place = IcebergPlace.Open(target, target.Path ?? target.Table, context, _access);
        _ = place.Name;
        return new IcebergSink(place, target, context);
    }
}
