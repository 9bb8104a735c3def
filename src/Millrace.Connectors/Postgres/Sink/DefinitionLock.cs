using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Lets one run at a time make schemas and tables: IF NOT EXISTS alone does not keep one of two that come at once from failing.
/// It is taken outside of any transaction, since a transaction that waits does not see what was made meanwhile.
/// </summary>
internal static class DefinitionLock
{
    private const string Key = "7811056327914";

    public static async ValueTask RunAsync(NpgsqlConnection connection, Func<ValueTask> define, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, $"SELECT pg_catalog.pg_advisory_lock({Key})", cancellation).ConfigureAwait(false);
        try
        {
            await define().ConfigureAwait(false);
        }
        finally
        {
            // A connection that is lost has let go of it.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(connection, $"SELECT pg_catalog.pg_advisory_unlock({Key})", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs statements as one transaction.</summary>
    public static async ValueTask ApplyAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, sql, cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
