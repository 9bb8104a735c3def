namespace Millrace.Connectors.MySql;

/// <summary>Asks how far the binary log of a server is.</summary>
internal static class LogEnd
{
    private const uint NoSuchStatement = 1064;

    /// <summary>File, place, and names of databases that alone are logged, or are not; null where there is no log.</summary>
    public static async ValueTask<(LogPosition Position, string Only, string Without)?> FindAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        List<string?[]> rows;
        try
        {
            rows = await connection.QueryAsync("SHOW MASTER STATUS", cancellation).ConfigureAwait(false);
        }
        catch (ServerException e) when (e.Number == NoSuchStatement)
        {
            // MySQL 8.4 has another word for it.
            rows = await connection.QueryAsync("SHOW BINARY LOG STATUS", cancellation).ConfigureAwait(false);
        }

        if (rows is not [[{ } file, { } at, var only, var without, .. var more], ..] || LogPosition.Parse($"{file}:{at}") is not { } position)
        {
            return null;
        }

        // MySQL adds the transactions that are executed.
        return (position with { Gtids = more is [{ Length: > 0 } gtids, ..] ? gtids : null }, only ?? "", without ?? "");
    }

    /// <summary>Fails where there is no log.</summary>
    public static async ValueTask<LogPosition> RequireAsync(MySqlConnection connection, ErrorPlace place, CancellationToken cancellation)
        => (await FindAsync(connection, cancellation).ConfigureAwait(false))?.Position
            ?? throw LogErrors.NotReady.Error("The server writes no binary log.", place, "Set `log_bin` in its configuration, and restart it.");
}
