namespace Millrace.Connectors.MySql;

/// <summary>The history of a server of MySQL.</summary>
internal sealed class SourceHistory : LogHistory
{
    private readonly SourceGtids? _executed;
    private readonly SourceGtids? _purged;

    private SourceHistory(SourceGtids? executed, SourceGtids? purged)
    {
        _executed = executed;
        _purged = purged;
    }

    public static async ValueTask<LogHistory> FindAsync(MySqlConnection connection, IReadOnlyList<(string Name, long Length)> files, CancellationToken cancellation)
    {
        string?[] row = (await connection.QueryAsync("SELECT @@server_uuid, @@gtid_mode, @@gtid_executed, @@gtid_purged", cancellation).ConfigureAwait(false))[0];
        return Of(row[0]!, row[1], row[2], row[3], files);
    }

    /// <param name="server">Its uuid.</param>
    /// <param name="mode">Its <c>gtid_mode</c>.</param>
    /// <param name="executed">Its <c>gtid_executed</c>.</param>
    /// <param name="purged">Its <c>gtid_purged</c>.</param>
    /// <param name="files">The files of its log.</param>
    public static SourceHistory Of(string server, string? mode, string? executed, string? purged, IReadOnlyList<(string Name, long Length)> files)
        => new(GtidSet.Parse(executed) as SourceGtids, GtidSet.Parse(purged) as SourceGtids)
        {
            Server = server,

            // A set that cannot be read, since it has tags, is as good as none.
            HasGtids = mode == "ON" && (string.IsNullOrWhiteSpace(executed) || GtidSet.Parse(executed) is not null) && (string.IsNullOrWhiteSpace(purged) || GtidSet.Parse(purged) is not null),
            Files = files,
        };

    // The server does not tell; the next file begins with them.
    protected override ValueTask<string?> GtidsAtAsync(MySqlConnection connection, LogPosition at, CancellationToken cancellation) => new((string?)null);

    public override (ErrorCode Code, string Text)? Obstacle(GtidSet read)
        => read is not SourceGtids own ? (LogErrors.Diverged, "its transactions are numbered in the way of MySQL, and those that were read in the way of MariaDB")
            : own.Beyond(_executed) is not { } lacking ? _purged?.Beyond(own) is { } gone ? (LogErrors.Lost, $"its log does not reach back to {gone}, which is yet to be read") : null
            : lacking.StartsWith(Server, StringComparison.OrdinalIgnoreCase) ? (LogErrors.Diverged, $"it does not have its own transactions {lacking} any more")
            : (LogErrors.Behind, $"it does not have the transactions {lacking}");

    /// <summary>The newest file that begins with no transaction which is not read.</summary>
    public override async ValueTask<string?> FileBehindAsync(MySqlConnection connection, GtidSet read, ErrorPlace place, CancellationToken cancellation)
    {
        foreach ((string name, _) in Files.Reverse())
        {
            List<string?[]> events = await connection.QueryAsync($"SHOW BINLOG EVENTS IN {SqlText.Literal(name)} LIMIT 2", cancellation).ConfigureAwait(false);
            string? before = events.Find(e => e[2] == "Previous_gtids")?[5];
            if (before is not null && (before.Length == 0 || GtidSet.Parse(before) is SourceGtids set && set.Beyond((SourceGtids)read) is null))
            {
                return name;
            }
        }

        throw LogErrors.Lost.Error($"No file of the binary log begins with transactions that are all read; those that are: {read}.", place);
    }
}
