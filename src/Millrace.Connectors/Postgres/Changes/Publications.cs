using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Publications: what the server hands out of a table's changes (documentation, "Publication").</summary>
internal static class Publications
{
    private const string Query =
        """
        SELECT p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate, t.pubname IS NOT NULL, to_jsonb(t) ->> 'rowfilter',
               ARRAY(SELECT pg_catalog.jsonb_array_elements_text(CASE WHEN pg_catalog.jsonb_typeof(to_jsonb(t) -> 'attnames') = 'array' THEN to_jsonb(t) -> 'attnames' ELSE '[]' END))
          FROM pg_catalog.pg_publication p
          LEFT JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname AND t.schemaname = $2 AND t.tablename = $3
         WHERE p.pubname = $1
        """;

    /// <summary>A publication; null if there is none of the name.</summary>
    public static async ValueTask<PublicationInfo?> FindAsync(NpgsqlConnection connection, string name, TableName table, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(table.Schema);
        command.Parameters.AddWithValue(table.Name);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellation).ConfigureAwait(false)
                ? new PublicationInfo(reader.GetBoolean(0), reader.GetBoolean(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<string[]>(3))
                : null;
        }
    }

    /// <summary>The statement that makes a publication of a table.</summary>
    public static string Creation(string name, TableInfo table)
        => $"CREATE PUBLICATION {TableName.Quote(name)} FOR TABLE {table.Source}{(table.Kind == TableKind.Partitioned ? " WITH (publish_via_partition_root = true)" : "")};";

    /// <summary>A publication is there, and is none of the table.</summary>
    public static MillraceException WithoutTable(string name, TableName table)
        => ChangeErrors.Publication.Error($"The publication '{name}' does not have the table {table}.", new ErrorPlace { Stream = table.ToString() }, $"ALTER PUBLICATION {TableName.Quote(name)} ADD TABLE {table.Sql};");

    public static async ValueTask DropAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand($"DROP PUBLICATION IF EXISTS {TableName.Quote(name)}", connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes the publication where it is missing; fails with the statement to run where that is not allowed.</summary>
    /// <returns>Whether it was made.</returns>
    public static async ValueTask<bool> EnsureAsync(NpgsqlConnection connection, string name, TableInfo table, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        PublicationInfo? found = await FindAsync(connection, name, table.Name, cancellation).ConfigureAwait(false);
        if (found is { HasTable: false })
        {
            throw WithoutTable(name, table.Name);
        }

        if (found is not null)
        {
            return false;
        }

        try
        {
            using var command = new NpgsqlCommand(Creation(name, table), connection);
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is "42501")
        {
            throw ChangeErrors.Publication.Error($"The publication '{name}' does not exist, and the user may not make it: {e.MessageText}.", place, $"The owner of the table, with the right to create in the database, has to run: {Creation(name, table)}", e);
        }
    }
}

/// <param name="HasAll">Whether it hands out changes of all kinds.</param>
/// <param name="HasTable">Whether the table is in it.</param>
/// <param name="Filter">Condition that rows must meet, in SQL; null for none.</param>
/// <param name="Columns">The columns that it hands out; none where the server does not tell.</param>
internal sealed record PublicationInfo(bool HasAll, bool HasTable, string? Filter, IReadOnlyList<string> Columns);
