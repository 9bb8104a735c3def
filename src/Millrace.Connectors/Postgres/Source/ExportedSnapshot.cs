using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// One moment that several connections read as of (documentation, "Snapshot Synchronization Functions"). The transaction that
/// exports it stays open as long as others may still take it. Several reads may share one.
/// </summary>
internal sealed class ExportedSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly SemaphoreSlim _lock;
    private readonly bool _isShared;

    private ExportedSnapshot(NpgsqlConnection connection, string id, SemaphoreSlim ownLock, bool isShared)
    {
        _connection = connection;
        _lock = ownLock;
        _isShared = isShared;
        Id = id;
    }

    public string Id { get; }

    /// <summary>Whether its transaction is still there, as far as is known: others may be using it.</summary>
    public bool IsOpen => _connection.State == System.Data.ConnectionState.Open;

    /// <summary>Takes a snapshot on a connection of its own.</summary>
    /// <param name="server">The server.</param>
    /// <param name="hold">The table that stays as it is meanwhile.</param>
    /// <param name="shared">The reads that share one snapshot; null for a read by itself.</param>
    /// <param name="context">The job around it.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ExportedSnapshot> TakeAsync(PostgresServer server, TableHold hold, SharedReads? shared, ConnectorContext context, CancellationToken cancellation)
    {
        ExportedSnapshot snapshot = shared is null
            ? await TakeAsync(server, [], cancellation).ConfigureAwait(false)
            : await shared.Get($"postgres {server.Identity}", () => new SharedSnapshot(server.Again(), shared.Streams)).BorrowAsync(context, cancellation).ConfigureAwait(false);
        return await HoldAsync(snapshot, server, hold, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes over a snapshot that another connection has exported and still holds, which then need not hold it any longer.</summary>
    /// <param name="server">The server.</param>
    /// <param name="hold">The table that stays as it is meanwhile; null where others see to that.</param>
    /// <param name="id">The snapshot.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ExportedSnapshot> TakeOverAsync(PostgresServer server, TableHold? hold, string id, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
        ExportedSnapshot snapshot;
        try
        {
            using var command = new NpgsqlCommand($"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{id}'; SELECT pg_catalog.pg_export_snapshot()", connection);
            snapshot = new ExportedSnapshot(connection, (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!, new SemaphoreSlim(1, 1), isShared: false);
        }
        catch
        {
            await PostgresServer.CloseAsync(connection).ConfigureAwait(false);
            throw;
        }

        return hold is null ? snapshot : await HoldAsync(snapshot, server, hold, cancellation).ConfigureAwait(false);
    }

    /// <summary>Keeps a table as it was planned as long as the snapshot is there; the snapshot is given up when that cannot be.</summary>
    public static async ValueTask<ExportedSnapshot> HoldAsync(ExportedSnapshot snapshot, PostgresServer server, TableHold hold, CancellationToken cancellation)
    {
        try
        {
            await hold.TakeAsync(snapshot, cancellation).ConfigureAwait(false);
            return snapshot;
        }
        catch (Exception e)
        {
            await snapshot.DisposeAsync().ConfigureAwait(false);
            if (PostgresFaults.IsOfServer(e, cancellation))
            {
                throw PostgresFaults.OnPlanned(e, server, hold.Place);
            }

            throw;
        }
    }

    /// <summary>Takes a snapshot behind locks on tables, so that what it shows is what they hold until it ends.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tables">Tables in SQL. One that cannot be locked is left to whoever reads it.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ExportedSnapshot> TakeAsync(PostgresServer server, IReadOnlyList<string> tables, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", cancellation).ConfigureAwait(false);
            if (tables.Count > 0 && !await TryLockAsync(connection, string.Join(", ", tables), cancellation).ConfigureAwait(false))
            {
                foreach (string table in tables)
                {
                    await TryLockAsync(connection, table, cancellation).ConfigureAwait(false);
                }
            }

            using var command = new NpgsqlCommand("SELECT pg_catalog.pg_export_snapshot()", connection);
            return new ExportedSnapshot(connection, (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!, new SemaphoreSlim(1, 1), isShared: false);
        }
        catch
        {
            await PostgresServer.CloseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same for one of several reads, which may give it up by itself.</summary>
    public ExportedSnapshot Share() => new(_connection, Id, _lock, isShared: true);

    /// <summary>The statements by which a new transaction reads as of the snapshot.</summary>
    public string Begin => $"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{Id}'";

    /// <summary>The one row of a query as of the snapshot. What is wrong with it does not end a transaction that others use.</summary>
    public async ValueTask<T> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_isShared)
            {
                return await ReadAsync(sql, read, cancellation).ConfigureAwait(false);
            }

            await ExecuteAsync(_connection, "SAVEPOINT millrace", cancellation).ConfigureAwait(false);
            try
            {
                T found = await ReadAsync(sql, read, cancellation).ConfigureAwait(false);
                await ExecuteAsync(_connection, "RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
                return found;
            }
            catch (Exception e) when (e is PostgresException or OperationCanceledException && IsOpen)
            {
                await ExecuteAsync(_connection, "ROLLBACK TO SAVEPOINT millrace; RELEASE SAVEPOINT millrace", CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isShared)
        {
            await PostgresServer.CloseAsync(_connection).ConfigureAwait(false);
        }
    }

    private async ValueTask<T> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return read(reader);
        }
    }

    private static async ValueTask<bool> TryLockAsync(NpgsqlConnection connection, string tables, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(connection, $"SAVEPOINT millrace; LOCK TABLE {tables} IN ACCESS SHARE MODE; RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException)
        {
            await ExecuteAsync(connection, "ROLLBACK TO SAVEPOINT millrace; RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
            return false;
        }
    }

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
