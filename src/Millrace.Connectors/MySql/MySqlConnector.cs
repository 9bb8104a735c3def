using Millrace.Connectors.MySql;
using Millrace.Sdk;

[assembly: Connector("mysql", typeof(MySqlConnector))]

namespace Millrace.Connectors.MySql;

/// <summary>Tables of MySQL and MariaDB.</summary>
public sealed class MySqlConnector : Connector
{
    public override string Summary => "Tables of MySQL and MariaDB, by the client library of the system.";

    public override IReadOnlyList<string> Schemes => ["mysql", "mariadb"];

    public override Type SourceOptions => typeof(MySqlSourceOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full],
        PushesProjection = true,
        PushesPredicate = true,
        PushesLimit = true,
        ReadsInParallel = true,
        Limits =
        [
            "The client library of the system is needed: MariaDB Connector/C (Debian and Ubuntu: libmariadb3).",
            "Tables are read by several connections where their primary key begins with a whole number.",
            "Geometries are read as WKB, without the number of their reference system.",
        ],
    };

    public override OptionMap OptionsOf(Location location, ConnectorRole role) => MySqlAddress.ToOptions(location);

    public override ISource OpenSource(object options, ConnectorContext context) => new MySqlSource((MySqlSourceOptions)options, context);
}
