using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>What a server and a table need so that changes can be read. Nothing is changed by looking.</summary>
internal static class Readiness
{
    // The binary form of values is sent since this version.
    private const int LeastVersion = 14;

    private const string Query =
        """
        SELECT pg_catalog.current_setting('wal_level'), current_user::text,
               r.rolsuper OR r.rolreplication OR EXISTS (SELECT FROM pg_catalog.pg_roles o WHERE o.rolname IN ('rds_replication', 'cloudsqlreplica') AND pg_catalog.pg_has_role(current_user, o.oid, 'USAGE')),
               pg_catalog.current_setting('max_replication_slots')::int, (SELECT count(*) FROM pg_catalog.pg_replication_slots)::int,
               EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1)
          FROM pg_catalog.pg_roles r WHERE r.rolname = current_user
        """;

    /// <summary>Fails with what is lacking, and how to get it.</summary>
    public static async ValueTask RequireAsync(NpgsqlConnection connection, ChangeTable table, string slot, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        RequireTable(table, place);
        using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.AddWithValue(slot);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (connection.PostgreSqlVersion.Major < LeastVersion)
            {
                throw ChangeErrors.NotReady.Error($"The server has version {connection.PostgreSqlVersion}; changes are read from {LeastVersion} on.", place, "Read the table with `mode: incremental`, or renew the server.");
            }

            if (reader.GetString(0) is not "logical" and string level)
            {
                throw ChangeErrors.NotReady.Error($"`wal_level` of the server is {level}; it has to be logical.", place, "ALTER SYSTEM SET wal_level = logical; and restart the server. Managed servers have a setting for it, such as rds.logical_replication.");
            }

            if (!reader.GetBoolean(2))
            {
                throw PostgresErrors.NoRight.Error($"The user '{reader.GetString(1)}' may not replicate.", place, $"ALTER ROLE {TableName.Quote(reader.GetString(1))} REPLICATION; (a superuser has to run it)");
            }

            if (!reader.GetBoolean(5) && reader.GetInt32(4) >= reader.GetInt32(3))
            {
                throw ChangeErrors.NotReady.Error($"All {reader.GetInt32(3)} replication slots of the server are taken.", place, "Raise `max_replication_slots` and restart the server, or drop slots that nobody reads: SELECT slot_name, active FROM pg_replication_slots;");
            }
        }
    }

    private static void RequireTable(ChangeTable table, ErrorPlace place)
    {
        if (table.Info.Kind is not (TableKind.Table or TableKind.Partitioned))
        {
            throw ChangeErrors.NoIdentity.Error($"{table.Name} is no table, and only tables have changes.", place, "Name the tables behind it, each in a job of its own.");
        }

        // A publication of such a table would make its own users' updates fail.
        if (table.Identity == 'n' || (table.Identity == 'd' && table.Key.Count == 0))
        {
            throw ChangeErrors.NoIdentity.Error(
                table.Identity == 'n' ? $"The replica identity of {table.Name} is NOTHING." : $"The table {table.Name} has no primary key.",
                place,
                $"ALTER TABLE {table.Name.Sql} ADD PRIMARY KEY (…); or, at the price of longer log, ALTER TABLE {table.Name.Sql} REPLICA IDENTITY FULL;");
        }
    }
}
