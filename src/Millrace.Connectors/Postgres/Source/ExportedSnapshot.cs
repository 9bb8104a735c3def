using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// One moment that several connections read as of (documentation, "Snapshot Synchronization Functions"). The transaction that
/// exports it stays open as long as others may still take it.
/// </summary>
internal sealed class ExportedSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private ExportedSnapshot(NpgsqlConnection connection, string id)
    {
        _connection = connection;
        Id = id;
    }

    public string Id { get; }

    /// <summary>Takes a snapshot on a connection of its own.</summary>
    /// <param name="server">The server.</param>
    /// <param name="hold">The table that stays as it is meanwhile.</param>
    /// <param name="cancellation">Stops it.</param>
    public static ValueTask<ExportedSnapshot> TakeAsync(PostgresServer server, TableHold hold, CancellationToken cancellation)
        => TakeAsync(server, hold, "", cancellation);

    /// <summary>Takes over a snapshot that another connection has exported and still holds, which then need not hold it any longer.</summary>
    /// <param name="server">The server.</param>
    /// <param name="hold">The table that stays as it is meanwhile.</param>
    /// <param name="id">The snapshot.</param>
    /// <param name="cancellation">Stops it.</param>
    public static ValueTask<ExportedSnapshot> TakeOverAsync(PostgresServer server, TableHold hold, string id, CancellationToken cancellation)
        => TakeAsync(server, hold, $"SET TRANSACTION SNAPSHOT '{id}'; ", cancellation);

    private static async ValueTask<ExportedSnapshot> TakeAsync(PostgresServer server, TableHold hold, string take, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var command = new NpgsqlCommand($"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {take}SELECT pg_catalog.pg_export_snapshot()", connection);
            var snapshot = new ExportedSnapshot(connection, (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!);
            await hold.TakeAsync(snapshot, cancellation).ConfigureAwait(false);
            return snapshot;
        }
        catch (Exception e)
        {
            await PostgresServer.CloseAsync(connection).ConfigureAwait(false);
            if (PostgresFaults.IsOfServer(e, cancellation))
            {
                throw PostgresFaults.OnPlanned(e, server, hold.Place);
            }

            throw;
        }
    }

    /// <summary>The statements by which a new transaction reads as of the snapshot.</summary>
    public string Begin => $"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{Id}'";

    /// <summary>The one row of a query as of the snapshot.</summary>
    public async ValueTask<T> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return read(reader);
        }
    }

    public ValueTask DisposeAsync() => PostgresServer.CloseAsync(_connection);
}
