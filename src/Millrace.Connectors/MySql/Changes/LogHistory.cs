using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>What a server says of the transactions that it has had, and of the log that it still has of them.</summary>
internal abstract class LogHistory
{
    /// <summary>The server: its number with MariaDB, its uuid with MySQL.</summary>
    public required string Server { get; init; }

    /// <summary>Whether its transactions have numbers by which they can be found on other servers.</summary>
    public required bool HasGtids { get; init; }

    /// <summary>The files of its log in order.</summary>
    public required IReadOnlyList<(string Name, long Length)> Files { get; init; }

    public static async ValueTask<LogHistory> FindAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        List<string?[]> rows = await connection.QueryAsync("SHOW BINARY LOGS", cancellation).ConfigureAwait(false);
        (string, long)[] files = [.. rows.Select(r => (r[0]!, long.Parse(r[1]!, CultureInfo.InvariantCulture)))];
        return connection.IsMariaDb
            ? await DomainHistory.FindAsync(connection, files, cancellation).ConfigureAwait(false)
            : await SourceHistory.FindAsync(connection, files, cancellation).ConfigureAwait(false);
    }

    /// <summary>A place in the log of a server, with the numbers of the transactions before it.</summary>
    public static async ValueTask<LogPosition> NumberAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation)
        => await (await FindAsync(connection, cancellation).ConfigureAwait(false)).NumberedAsync(connection, at, cancellation).ConfigureAwait(false);

    public async ValueTask<LogPosition> NumberedAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation)
        => at with { Server = Server, Gtids = !HasGtids ? null : at.Gtids ?? await GtidsAtAsync(connection, at, cancellation).ConfigureAwait(false) };

    /// <summary>Transactions that are read where a place in its log is; null where they have no numbers, or that cannot be said.</summary>
    protected abstract ValueTask<string?> GtidsAtAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation);

    /// <summary>Whether a place in its log is what it was when the transactions before it were read, as far as the server can say.</summary>
    public virtual ValueTask<bool> IsPlaceOfAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation) => new(true);

    /// <summary>What stands against reading on behind some transactions of which it has perhaps not made the log; null for nothing.</summary>
    /// <param name="read">The transactions.</param>
    public abstract (ErrorCode Code, string Text)? Obstacle(GtidSet read);

    /// <summary>
    /// The file from which the log has to be sent so that nothing lacks that is behind some transactions; null where the server finds it by itself.
    /// </summary>
    public abstract ValueTask<string?> FileBehindAsync(MySqlConnection connection, GtidSet read, ErrorPlace place, CancellationToken cancellation);
}
