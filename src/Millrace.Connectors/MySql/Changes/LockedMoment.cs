namespace Millrace.Connectors.MySql;

/// <summary>
/// Finds a moment of a table and its place in the binary log where the server does not tell the place of a snapshot: while the table is locked
/// against writing, which waits for transactions that have written to it, and is over when a snapshot is taken and the end of the log is known.
/// </summary>
internal static class LockedMoment
{
    // Writers wait behind us for as long as we do.
    private const int PatienceSeconds = 30;

    public static async ValueTask<(ReadSessions Sessions, LogPosition Moment)> StartAsync(MySqlServer server, TableHold hold, LogTable table, CancellationToken cancellation)
    {
        using MySqlConnection locks = await server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            await locks.ExecuteAsync($"SET SESSION lock_wait_timeout = {PatienceSeconds}; LOCK TABLES {table.Name.Sql} READ", cancellation).ConfigureAwait(false);
        }
        catch (ServerException e) when (e.Number is 1044 or 1142 or 1227)
        {
            string user = await ReadRights.UserAsync(locks, cancellation).ConfigureAwait(false);
            throw MySqlErrors.NoRight.Error($"The user {user} may not lock {table.Name} for the moment in which the first load begins.", table.Place, $"GRANT LOCK TABLES ON {TableName.Quote(table.Name.Database)}.* TO {user};", e);
        }

        ReadSessions sessions = await ReadSessions.StartAsync(server, hold, 1, isOfOneMoment: true, cancellation).ConfigureAwait(false);
        try
        {
            LogPosition end = await LogEnd.RequireAsync(locks, table.Place, cancellation).ConfigureAwait(false);
            await locks.ExecuteAsync("UNLOCK TABLES", cancellation).ConfigureAwait(false);
            return (sessions, end);
        }
        catch
        {
            await sessions.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
