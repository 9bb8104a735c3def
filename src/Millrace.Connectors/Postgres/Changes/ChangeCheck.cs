using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// What a job needs to read the changes of a table, one finding for each, with the statement to run for what is lacking. Nothing
/// is made by looking.
/// </summary>
internal static class ChangeCheck
{
    private const string PublicationQuery =
        """
        SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE'), pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE'), current_user::text, c.relowner::regrole::text
          FROM pg_catalog.pg_class c WHERE c.oid = $1
        """;

    /// <param name="server">The server.</param>
    /// <param name="connection">A connection to it.</param>
    /// <param name="table">The table.</param>
    /// <param name="slot">Name of the job's slot.</param>
    /// <param name="publication">Name of its publication.</param>
    /// <param name="joins">Whether the job adds the table to a publication of its own that is there already.</param>
    /// <param name="heartbeat">For the connection that is tried.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<List<CheckFinding>> FindAsync(PostgresServer server, NpgsqlConnection connection, ChangeTable table, string slot, string publication, bool joins, TimeSpan heartbeat, CancellationToken cancellation)
    {
        Readiness found = await Readiness.FindAsync(connection, slot, cancellation).ConfigureAwait(false);
        List<CheckFinding> findings = [.. found.Findings(table)];
        ReadRights rights = await ReadRights.FindAsync(connection, table.Info, cancellation).ConfigureAwait(false);
        findings.Add(rights.Missing(table.Info, table.Shape.Columns.Select(c => c.Name)) is { } missing
            ? CheckFinding.Fail("right to read the rows that are there", missing)
            : CheckFinding.Pass("right to read the rows that are there", table.Name.ToString()));
        findings.Add(await PublicationAsync(connection, table, publication, joins, cancellation).ConfigureAwait(false));
        if (findings.TrueForAll(f => f.Ok) && found.Slot?.Process is null)
        {
            findings.Add(await ConnectAsync(server, heartbeat, cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    private static async ValueTask<CheckFinding> PublicationAsync(NpgsqlConnection connection, ChangeTable table, string name, bool joins, CancellationToken cancellation)
    {
        const string subject = "publication";
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        PublicationInfo? found = await Publications.FindAsync(connection, name, table.Name, cancellation).ConfigureAwait(false);
        if (found is { HasTable: true })
        {
            return found.HasAll
                ? CheckFinding.Pass(subject, $"'{name}' has the table{(found.Filter is null ? "" : $", where {found.Filter}")}")
                : CheckFinding.Fail(subject, ChangeErrors.Publication.Error($"The publication '{name}' leaves out some kinds of changes.", place, $"ALTER PUBLICATION {TableName.Quote(name)} SET (publish = 'insert, update, delete, truncate');"));
        }

        using var command = new NpgsqlCommand(PublicationQuery, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table.Oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            string user = TableName.Quote(reader.GetString(2));
            if (found is not null && !joins)
            {
                return CheckFinding.Fail(subject, Publications.WithoutTable(name, table.Name));
            }

            if (!reader.GetBoolean(0))
            {
                return Lacks($"The user may not make a publication in the database '{connection.Database}'.", $"GRANT CREATE ON DATABASE {TableName.Quote(connection.Database)} TO {user};");
            }

            return reader.GetBoolean(1)
                ? CheckFinding.Pass(subject, found is null ? $"the job will make '{name}'" : $"the job will add the table to '{name}'")
                : Lacks($"Only the owner of {table.Name} may make a publication of it, which is {reader.GetString(3)}.", $"GRANT {reader.GetString(3)} TO {user};");
        }

        CheckFinding Lacks(string message, string grant)
            => CheckFinding.Fail(subject, ChangeErrors.Publication.Error(message, place, $"{grant} or have the owner of the table run: {Publications.Creation(name, table.Info)}"));
    }

    // What `pg_hba.conf` says of replication nobody can tell but by trying.
    private static async ValueTask<CheckFinding> ConnectAsync(PostgresServer server, TimeSpan heartbeat, CancellationToken cancellation)
    {
        const string subject = "connect for replication";
        try
        {
            ReplicationLink link = await ReplicationLink.OpenAsync(server, heartbeat, cancellation).ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
            return CheckFinding.Pass(subject, server.Host);
        }
        catch (MillraceException e)
        {
            return CheckFinding.Fail(subject, e);
        }
    }
}
