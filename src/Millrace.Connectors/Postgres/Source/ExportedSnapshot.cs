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

    public static async ValueTask<ExportedSnapshot> TakeAsync(PostgresServer server, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var command = new NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_catalog.pg_export_snapshot()", connection);
            return new ExportedSnapshot(connection, (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The statements by which a new transaction reads as of the snapshot.</summary>
    public string Begin => $"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{Id}'";

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
