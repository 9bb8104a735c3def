namespace Millrace.Connectors.MySql;

/// <summary>
/// How the transactions of a sink lock: single rows, not the gaps between them. Jobs that keep their first progress at the same
/// time, side by side in one table, would lock each other's gaps and then wait for each other.
/// </summary>
internal static class WriteSession
{
    public static async ValueTask PrepareAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        // A log of statements needs the gaps: the server refuses to write otherwise.
        bool logsStatements = await connection.QueryAsync("SHOW VARIABLES LIKE 'binlog_format'", cancellation).ConfigureAwait(false) is [[_, "STATEMENT"]];
        if (!logsStatements)
        {
            await connection.ExecuteAsync("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", cancellation).ConfigureAwait(false);
        }
    }
}
