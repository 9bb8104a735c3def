using System.Globalization;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The publication that several tables share. A table is in it only as long as the slot has watched it since its first load, so
/// that what a table has missed is known.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="isOwn">Whether the job makes it and changes it, or somebody else does.</param>
internal sealed class SharedPublication(string name, bool isOwn)
{
    private const string MembersQuery =
        """
        SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_publication p
          JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE p.pubname = $1
        UNION SELECT schemaname::text, tablename::text FROM pg_catalog.pg_publication_tables WHERE pubname = $1
        """;

    public string Name => name;

    /// <summary>The tables that it hands out; null if it does not exist.</summary>
    public async ValueTask<HashSet<string>?> MembersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        using var exists = new NpgsqlCommand("SELECT count(*)::int FROM pg_catalog.pg_publication WHERE pubname = $1", connection);
        exists.Parameters.AddWithValue(name);
        if (Convert.ToInt32(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false), CultureInfo.InvariantCulture) == 0)
        {
            return null;
        }

        using var command = new NpgsqlCommand(MembersQuery, connection);
        command.Parameters.AddWithValue(name);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var members = new HashSet<string>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                members.Add(new TableName(reader.GetString(0), reader.GetString(1)).ToString());
            }

            return members;
        }
    }

    /// <summary>Makes it anew, without a table; one of somebody else stays as it is, and is made if it is missing.</summary>
    public async ValueTask MakeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (isOwn)
        {
            await Publications.DropAsync(connection, name, cancellation).ConfigureAwait(false);
        }
        else if (await MembersAsync(connection, cancellation).ConfigureAwait(false) is not null)
        {
            return;
        }

        string make = $"CREATE PUBLICATION {TableName.Quote(name)} WITH (publish_via_partition_root = true);";
        try
        {
            await ExecuteAsync(connection, make, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is "42501")
        {
            throw ChangeErrors.Publication.Error($"The publication '{name}' does not exist, and the user may not make it: {e.MessageText}.", hint: $"GRANT CREATE ON DATABASE {TableName.Quote(connection.Database)} TO the user, who has to own the tables too; or have their owner run: CREATE PUBLICATION {TableName.Quote(name)} FOR TABLE …;", inner: e);
        }
    }

    /// <summary>Adds a table; fails with the statement to run where that is not allowed.</summary>
    public async ValueTask AddAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(connection, $"ALTER PUBLICATION {TableName.Quote(name)} ADD TABLE {table.Source}", cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is "42710")
        {
            // It is in it.
        }
        catch (PostgresException e) when (e.SqlState is "42501")
        {
            throw Publications.WithoutTable(name, table.Name);
        }
    }

    /// <summary>Takes tables out that nobody reads any more.</summary>
    public async ValueTask RemoveAsync(NpgsqlConnection connection, IEnumerable<string> tables, CancellationToken cancellation)
    {
        foreach (string table in isOwn ? tables : [])
        {
            await ExecuteAsync(connection, $"ALTER PUBLICATION {TableName.Quote(name)} DROP TABLE {TableName.Parse(table).Sql}", cancellation).ConfigureAwait(false);
        }
    }

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
