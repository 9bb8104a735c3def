using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>The history of a server of MariaDB.</summary>
internal sealed class DomainHistory : LogHistory
{
    // The last of every server in every domain that its log has had, and what it got from another server and perhaps did not log.
    private readonly List<Gtid> _logged;
    private readonly List<Gtid> _applied;

    // What its log has lost at its beginning.
    private readonly DomainGtids? _purged;

    private DomainHistory(List<Gtid> logged, List<Gtid> applied, DomainGtids? purged)
    {
        _logged = logged;
        _applied = applied;
        _purged = purged;
    }

    public static async ValueTask<LogHistory> FindAsync(MySqlConnection connection, IReadOnlyList<(string Name, long Length)> files, CancellationToken cancellation)
    {
        string?[] row = (await connection.QueryAsync("SELECT @@server_id, @@gtid_binlog_state, @@gtid_slave_pos", cancellation).ConfigureAwait(false))[0];
        List<string?[]> first = files.Count == 0 ? [] : await connection.QueryAsync($"SHOW BINLOG EVENTS IN {SqlText.Literal(files[0].Name)} LIMIT 3", cancellation).ConfigureAwait(false);
        return Of(row[0]!, row[1], row[2], first.Find(e => e[2] == "Gtid_list")?[5]?.Trim('[', ']'), files);
    }

    /// <param name="server">Number of the server.</param>
    /// <param name="logged">Its <c>gtid_binlog_state</c>.</param>
    /// <param name="applied">Its <c>gtid_slave_pos</c>.</param>
    /// <param name="purged">What its first file begins with.</param>
    /// <param name="files">The files of its log.</param>
    public static DomainHistory Of(string server, string? logged, string? applied, string? purged, IReadOnlyList<(string Name, long Length)> files)
        => new(DomainGtids.List(logged), DomainGtids.List(applied), DomainGtids.TryParse(purged)) { Server = server, HasGtids = true, Files = files };

    protected override async ValueTask<string?> GtidsAtAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation)
        => await AskAsync(connection, at, cancellation).ConfigureAwait(false) is { Length: > 0 } gtids ? gtids : null;

    /// <summary>Of the domains that are known of both, the last transactions have to be the same; a domain may have been forgotten.</summary>
    public override async ValueTask<bool> IsPlaceOfAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation)
    {
        if (GtidSet.Parse(at.Gtids) is not DomainGtids read || at.At > uint.MaxValue)
        {
            return true;
        }

        // Null for what lies between no two events.
        return await AskAsync(connection, at, cancellation).ConfigureAwait(false) is { } found
            && DomainGtids.List(found).TrueForAll(f => read.Last.All(r => r.Source != f.Source || r == f));
    }

    public override (ErrorCode Code, string Text)? Obstacle(GtidSet read)
    {
        if (read is not DomainGtids { Last: var last })
        {
            return (LogErrors.Diverged, "its transactions are numbered in the way of MariaDB, and those that were read in the way of MySQL");
        }

        (ErrorCode Code, string Text)? obstacle = null;
        foreach (Gtid gtid in last)
        {
            bool isThere = _logged.Exists(g => g.Source == gtid.Source && g.Server == gtid.Server && g.Number >= gtid.Number) || _applied.Contains(gtid);
            if (isThere)
            {
                continue;
            }

            // Servers go on with the greatest number of the domain that they know.
            ulong newest = _logged.Concat(_applied).Where(g => g.Source == gtid.Source).Select(g => g.Number).DefaultIfEmpty().Max();
            string name = Text(gtid);
            if (newest >= gtid.Number)
            {
                return (LogErrors.Diverged, string.Create(CultureInfo.InvariantCulture, $"it never had the transaction {name}, and is at the number {newest} of the domain {(uint)gtid.Source} by others"));
            }

            obstacle ??= (LogErrors.Behind, newest == 0
                ? $"it does not have the transaction {name}, nor any of that domain"
                : string.Create(CultureInfo.InvariantCulture, $"it does not have the transaction {name}: its domain {(uint)gtid.Source} ends with the number {newest}"));
        }

        Gtid gone = _purged?.Last.FirstOrDefault(p => !last.Any(g => g.Source == p.Source && g.Number >= p.Number)) ?? default;
        return obstacle ?? (gone == default ? null : (LogErrors.Lost, $"its log begins behind the transaction {Text(gone)}, and what is yet to be read lies before"));
    }

    public override ValueTask<string?> FileBehindAsync(MySqlConnection connection, GtidSet read, ErrorPlace place, CancellationToken cancellation) => new((string?)null);

    private static string Text(in Gtid gtid) => string.Create(CultureInfo.InvariantCulture, $"{(uint)gtid.Source}-{gtid.Server}-{gtid.Number}");

    private static async ValueTask<string?> AskAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation)
        => await connection.ScalarAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT BINLOG_GTID_POS({SqlText.Literal(at.File)}, {at.At})"), cancellation).ConfigureAwait(false);
}
