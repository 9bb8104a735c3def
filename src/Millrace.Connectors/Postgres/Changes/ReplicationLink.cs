using Npgsql.Replication;
using Npgsql.Replication.PgOutput;

namespace Millrace.Connectors.Postgres;

/// <summary>A connection of the kind that replication takes (documentation, "Streaming Replication Protocol").</summary>
internal sealed class ReplicationLink : IAsyncDisposable
{
    private readonly PostgresServer _server;

    private ReplicationLink(PostgresServer server, LogicalReplicationConnection connection)
    {
        _server = server;
        Connection = connection;
    }

    public LogicalReplicationConnection Connection { get; }

    /// <param name="server">The server.</param>
    /// <param name="heartbeat">How often the server is told how far the job is.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ReplicationLink> OpenAsync(PostgresServer server, TimeSpan heartbeat, CancellationToken cancellation)
    {
        var connection = new LogicalReplicationConnection(server.ConnectionString)
        {
            WalReceiverStatusInterval = heartbeat,
            WalReceiverTimeout = server.Silence.Streaming,
        };
        try
        {
            await connection.Open(cancellation).ConfigureAwait(false);
            return new ReplicationLink(server, connection);
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

    /// <summary>Closes a link that may have gone silent. What the server still has of it would keep the slot from the next attempt.</summary>
    public async ValueTask CloseAsync(bool wentSilent)
    {
        int process = wentSilent ? Connection.ProcessID : 0;
        await CloseAsync(Connection).ConfigureAwait(false);
        if (wentSilent)
        {
            await _server.EndSessionAsync(process).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => CloseAsync(Connection);

    private static async ValueTask CloseAsync(LogicalReplicationConnection connection)
    {
        try
        {
            await connection.DisposeAsync().AsTask().WaitAsync(PostgresServer.MostForEnding).ConfigureAwait(false);
        }
        catch (Exception e) when (ReplicationStream.IsOfDriver(e))
        {
            // The server ends a stream with its connection.
        }
    }
}
