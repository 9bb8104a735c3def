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

    public override Type SinkOptions => typeof(IcebergTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        WriteModes = [WriteMode.Append, WriteMode.Overwrite],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        Limits =
        [
            "Tables of format version 1 and 2 are written; of version 3 what has no deletion vectors and no new types is read.",
            "Data files are Parquet.",
            "A table without a catalog is a folder; one that a catalog knows is read only.",
        ],
    };

    /// <summary><c>iceberg://lake/orders</c> is the folder <c>lake/orders</c>, <c>iceberg:///lake/orders</c> the one at the root.</summary>
    public override OptionMap OptionsOf(Location location, ConnectorRole role)
    {
        OptionMap options = location.ToOptions("path");
        options.Set("path", new OptionScalar(location.Scheme.Length == 0 ? location.Path : Uri.UnescapeDataString(location.Path), options.Place, Quoted: true));
        return options;
    }

    public override ISink OpenSink(object options, ConnectorContext context)
    {
        var target = (IcebergTargetOptions)options;
        return new IcebergSink(IcebergPlace.Open(target.Path, context, _openStore), target, context);
    }
}
