using System.Globalization;
using Millrace.Connectors.Iceberg;
using Millrace.Sdk;
using Millrace.Storage;

[assembly: Connector("iceberg", typeof(IcebergConnector))]

namespace Millrace.Connectors.Iceberg;

/// <summary>Iceberg tables in folders.</summary>
public sealed class IcebergConnector : Connector
{
    private readonly Func<LocalStore, IObjectStore> _openStore;

    public IcebergConnector()
        : this(static store => store)
    {
    }

    /// <param name="openStore">Gives the store that is used for a folder, such as one that fails on purpose.</param>
    public IcebergConnector(Func<LocalStore, IObjectStore> openStore) => _openStore = openStore;

    public override string Summary => "Iceberg tables: snapshots of Parquet files with schemas that evolve, which other engines read and write as well.";

    public override IReadOnlyList<string> Schemes => ["iceberg"];

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
            "Tables of format version 1 and 2 are written; of version 3 what has no deletion vectors and no new types is read.",
            "Data files are Parquet.",
            "A table without a catalog is a folder; one that a catalog knows is read only.",
        ],
    };

    /// <summary>
    /// <c>iceberg://lake/orders</c> is the folder <c>lake/orders</c>, <c>iceberg:///lake/orders</c> the one at the root, and
    /// <c>iceberg://s3://bucket/orders</c> one in a store, whose options stay with its address.
    /// </summary>
    public override OptionMap OptionsOf(Location location, ConnectorRole role)
    {
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

    public override ISource OpenSource(object options, ConnectorContext context)
    {
        var source = (IcebergSourceOptions)options;

        // A path may end in the name of a stream of metadata: lake/orders$snapshots.
        string? metadata = MetadataStreams.Names.FirstOrDefault(n => source.Path.EndsWith(n, StringComparison.Ordinal));
        string path = metadata is null ? source.Path : source.Path[..^metadata.Length];
        return new IcebergSource(IcebergPlace.Open(path, context, _openStore), source, metadata);
    }

    public override ISink OpenSink(object options, ConnectorContext context)
    {
        var target = (IcebergTargetOptions)options;
        return new IcebergSink(IcebergPlace.Open(target.Path, context, _openStore), target, context);
    }
}
