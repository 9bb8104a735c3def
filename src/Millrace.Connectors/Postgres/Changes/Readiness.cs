using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>What a server has, and a user may do, for reading changes. Nothing is changed by looking.</summary>
/// <param name="Version">Version of the server.</param>
/// <param name="WalLevel">How much its log holds.</param>
/// <param name="User">The user.</param>
/// <param name="MayReplicate">Whether the user may read the log.</param>
/// <param name="MostSlots">How many slots there can be.</param>
/// <param name="Slots">How many there are.</param>
/// <param name="Slot">The job's own; null before there is one.</param>
/// <param name="MostSenders">How many streams the server can send at once.</param>
/// <param name="Senders">How many it sends now.</param>
internal sealed record Readiness(Version Version, string WalLevel, string User, bool MayReplicate, int MostSlots, int Slots, SlotInfo? Slot, int MostSenders, int Senders)
{
    // The binary form of values is sent since this version.
    private const int LeastVersion = 14;

    private const string Query =
        """
        SELECT pg_catalog.current_setting('wal_level'), current_user::text,
               r.rolsuper OR r.rolreplication OR EXISTS (SELECT FROM pg_catalog.pg_roles o WHERE o.rolname IN ('rds_replication', 'cloudsqlreplica') AND pg_catalog.pg_has_role(current_user, o.oid, 'USAGE')),
               pg_catalog.current_setting('max_replication_slots')::int, (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int,
               pg_catalog.current_setting('max_wal_senders')::int, (SELECT count(*) FROM pg_catalog.pg_stat_replication)::int
          FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
        """;

    public static async ValueTask<Readiness> FindAsync(NpgsqlConnection connection, string slot, CancellationToken cancellation)
    {
        SlotInfo? own = await Postgres.Slots.FindAsync(connection, slot, cancellation).ConfigureAwait(false);
        using var command = new NpgsqlCommand(Query, connection);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return new Readiness(
                connection.PostgreSqlVersion, reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3), reader.GetInt32(4), own, reader.GetInt32(5), reader.GetInt32(6));
        }
    }

    /// <summary>Fails with the first thing that is lacking, and how to get it.</summary>
    public static async ValueTask RequireAsync(NpgsqlConnection connection, ChangeTable table, string slot, CancellationToken cancellation)
    {
        Readiness found = await FindAsync(connection, slot, cancellation).ConfigureAwait(false);
        if (found.Findings(table).FirstOrDefault(f => !f.Ok) is { } lacking)
        {
            throw lacking.Error!;
        }
    }

    /// <summary>One for each thing that is needed.</summary>
    public IEnumerable<CheckFinding> Findings(ChangeTable table)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        yield return Kind(table, place);
        yield return Identity(table, place);
        yield return Finding(
            "version of the server", Version.Major >= LeastVersion, Version.ToString(),
            () => ChangeErrors.NotReady.Error($"The server has version {Version}; changes are read from {LeastVersion} on.", place, "Read the table with `mode: incremental`, or renew the server."));
        yield return Finding(
            "wal_level", WalLevel == "logical", WalLevel,
            () => ChangeErrors.NotReady.Error($"`wal_level` of the server is {WalLevel}; it has to be logical.", place, "ALTER SYSTEM SET wal_level = logical; and restart the server. Managed servers have a setting for it, such as rds.logical_replication."));
        yield return Finding(
            "right to replicate", MayReplicate, User,
            () => PostgresErrors.NoRight.Error($"The user '{User}' may not replicate.", place, $"ALTER ROLE {TableName.Quote(User)} REPLICATION; (a superuser has to run it; on Amazon RDS: GRANT rds_replication TO {TableName.Quote(User)};)"));
        yield return Finding(
            "replication slots", Slot is not null || Slots < MostSlots, Slot is { } slot ? $"'{slot.Name}' is there" : $"{Slots} of {MostSlots} are taken",
            () => ChangeErrors.NotReady.Error($"All {MostSlots} replication slots of the server are taken.", place, "Raise it: ALTER SYSTEM SET max_replication_slots = …; and restart the server; or drop slots that nobody reads: SELECT slot_name, active FROM pg_replication_slots;"));
        yield return Finding(
            "streams of the server", Slot?.Process is not null || Senders < MostSenders, $"{Senders} of {MostSenders} are in use",
            () => ChangeErrors.NotReady.Error($"All {MostSenders} streams that the server can send are in use.", place, "Raise it: ALTER SYSTEM SET max_wal_senders = …; and restart the server."));
    }

    private static CheckFinding Kind(ChangeTable table, ErrorPlace place) => Finding(
        "kind of table", table.Info.Kind is TableKind.Table or TableKind.Partitioned, table.Info.Kind == TableKind.Partitioned ? "partitioned table" : "table",
        () => ChangeErrors.NoIdentity.Error($"{table.Name} is no table, and only tables have changes.", place, "Name the tables behind it."));

    // A publication of a table without one would make its own users' updates fail.
    private static CheckFinding Identity(ChangeTable table, ErrorPlace place) => Finding(
        "replica identity", table.HasIdentity, table.Identity switch { 'f' => "FULL", 'i' => "an index", _ => $"primary key ({string.Join(", ", table.Key)})" },
        () => ChangeErrors.NoIdentity.Error(
            table.Identity switch
            {
                'n' => $"The replica identity of {table.Name} is NOTHING.",
                'i' => $"The index that is the replica identity of {table.Name} is gone.",
                _ => $"The table {table.Name} has no primary key.",
            },
            place,
            table.Key.Count > 0
                ? $"ALTER TABLE {table.Name.Sql} REPLICA IDENTITY DEFAULT;"
                : $"ALTER TABLE {table.Name.Sql} ADD PRIMARY KEY (…); or, at the price of longer log, ALTER TABLE {table.Name.Sql} REPLICA IDENTITY FULL;"));

    private static CheckFinding Finding(string subject, bool ok, string detail, Func<MillraceException> error)
        => ok ? CheckFinding.Pass(subject, detail) : CheckFinding.Fail(subject, error());
}
