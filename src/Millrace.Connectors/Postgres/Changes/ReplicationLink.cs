using Npgsql.Replication;
using Npgsql.Replication.PgOutput;

namespace Millrace.Connectors.Postgres;

/// <summary>A connection of the kind that replication takes (documentation, "Streaming Replication Protocol").</summary>
internal sealed class ReplicationLink : IAsyncDisposable
{
    private ReplicationLink(LogicalReplicationConnection connection) => Connection = connection;

    public LogicalReplicationConnection Connection { get; }

    /// <param name="server">The server.</param>
    /// <param name="heartbeat">How often the server is told how far the job is.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ReplicationLink> OpenAsync(PostgresServer server, TimeSpan heartbeat, CancellationToken cancellation)
    {
        var connection = new LogicalReplicationConnection(server.ConnectionString)
        {
            WalReceiverStatusInterval = heartbeat,
        };
        try
        {
            await connection.Open(cancellation).ConfigureAwait(false);
            return new ReplicationLink(connection);
        }
        catch (Exception e)
        {
            await CloseAsync(connection).ConfigureAwait(false);
            if (PostgresFaults.IsOfServer(e, cancellation))
            {
                throw ChangeFaults.OnConnecting(e, server);
            }

            throw;
        }
    }

    /// <summary>Makes a slot. Its snapshot lasts until the connection is used for anything else.</summary>
    public async ValueTask<PgOutputReplicationSlot> MakeSlotAsync(string name, bool isTemporary, CancellationToken cancellation)
        => await Connection.CreatePgOutputReplicationSlot(name, isTemporary, LogicalSlotSnapshotInitMode.Export, cancellationToken: cancellation).ConfigureAwait(false);

    public ValueTask DisposeAsync() => CloseAsync(Connection);

    private static async ValueTask CloseAsync(LogicalReplicationConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (ReplicationStream.IsOfDriver(e))
        {
            // The server ends a stream with its connection.
        }
    }
}
