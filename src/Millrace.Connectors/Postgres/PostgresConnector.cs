using Millrace.Connectors.Postgres;
using Millrace.Sdk;

[assembly: Connector("postgres", typeof(PostgresConnector))]

namespace Millrace.Connectors.Postgres;

/// <summary>Tables of PostgreSQL.</summary>
public sealed class PostgresConnector : Connector
{
    public override string Summary => "Tables of PostgreSQL, copied in its binary form by several connections as of one moment.";

    public override IReadOnlyList<string> Schemes => ["postgres", "postgresql"];

    public override Type SourceOptions => typeof(PostgresSourceOptions);

    public override Type SinkOptions => typeof(PostgresTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental, ReadMode.Cdc],
        WriteModes = [WriteMode.Append, WriteMode.Overwrite, WriteMode.Merge, WriteMode.SnapshotDiff, WriteMode.Scd2],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        PushesProjection = true,
        PushesPredicate = true,
        PushesLimit = true,
        ReadsInParallel = true,
        RemovesMissing = true,
        Limits =
        [
            "Arrays of several dimensions are bad rows: a column holds lists of one dimension.",
            "An incremental read sorts what it reads by its cursor, over one connection; an index on the cursor spares the sorting.",
            "The tables of a job share one replication slot for their changes, and each has epochs of its own; a table without a primary key or another replica identity is refused.",
            "Ranges, bit strings, geometric types and types of extensions are read as the text that psql shows.",
        ],
    };

    public override OptionMap OptionsOf(Location location, ConnectorRole role) => PostgresAddress.ToOptions(location);

    public override string TargetOf(object options, ConnectorContext context)
    {
        var target = (PostgresTargetOptions)options;
        return $"{target.Connection} {target.Service} {target.Host}:{target.Port}/{target.Database} {TableName.Parse(target.Table)}";
    }

    public override ISource OpenSource(object options, ConnectorContext context) => new PostgresSource((PostgresSourceOptions)options, context);

    public override ISink OpenSink(object options, ConnectorContext context) => new PostgresSink((PostgresTargetOptions)options, context);
}
