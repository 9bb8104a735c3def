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

    public override Type SinkOptions => typeof(MySqlTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental, ReadMode.Cdc],
        WriteModes = [WriteMode.Append, WriteMode.Overwrite, WriteMode.Merge],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        PushesProjection = true,
        PushesPredicate = true,
        PushesLimit = true,
        ReadsInParallel = true,
        RemovesMissing = true,
        Limits =
        [
            "The client library of the system is needed: MariaDB Connector/C (Debian and Ubuntu: libmariadb3).",
            "Tables are read by several connections where their primary key begins with a whole number.",
            "Only tables of InnoDB are written: others cannot take rows and progress in one transaction.",
            "An incremental read by a number misses rows of transactions that commit after one with a greater number; cursors that are timestamps have a safety delay.",
            "A read of changes is one of one table, over a connection of its own; the server has to log whole rows with the names of their columns (binlog_row_metadata = FULL).",
            "Changes of columns of MySQL's type json, of compressed columns and of vectors are refused; leave such columns out.",
            "Geometries are read as WKB, without the number of their reference system.",
        ],
    };

    public override OptionMap OptionsOf(Location location, ConnectorRole role) => MySqlAddress.ToOptions(location);

    public override string TargetOf(object options, ConnectorContext context)
    {
        var target = (MySqlTargetOptions)options;
        return $"{target.OptionFile} {target.Socket} {target.Host}:{target.Port}/{target.Database} {target.Table}";
    }

    public override ISource OpenSource(object options, ConnectorContext context) => new MySqlSource((MySqlSourceOptions)options, context);

    public override ISink OpenSink(object options, ConnectorContext context) => new MySqlSink((MySqlTargetOptions)options, context);
}
