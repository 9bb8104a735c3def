using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>What the user may read of a table.</summary>
/// <param name="User">The user, in SQL.</param>
/// <param name="EntersSchema">Whether the schema may be used.</param>
/// <param name="WholeTable">Whether all of the table may be read, and with it where rows lie and who wrote them.</param>
/// <param name="Columns">Columns that may be read.</param>
internal sealed record ReadRights(string User, bool EntersSchema, bool WholeTable, IReadOnlySet<string> Columns)
{
    public static async ValueTask<ReadRights> FindAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        const string sql =
            """
            SELECT current_user, pg_catalog.has_schema_privilege($1, 'USAGE'), pg_catalog.has_table_privilege($2::oid, 'SELECT'),
                   ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute
                          WHERE attrelid = $2::oid AND attnum > 0 AND NOT attisdropped AND pg_catalog.has_column_privilege($2::oid, attnum, 'SELECT'))
            """;
        using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(table.Name.Schema);
        command.Parameters.Add(new NpgsqlParameter { Value = table.Oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return new ReadRights(TableName.Quote(reader.GetString(0)), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetFieldValue<string[]>(3).ToHashSet(StringComparer.Ordinal));
        }
    }

    /// <summary>What is lacking to read columns, with the statement that grants it; null for nothing.</summary>
    public MillraceException? Missing(TableInfo table, IEnumerable<string> columns)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        if (!EntersSchema)
        {
            return PostgresErrors.NoRight.Error($"The user may not use the schema '{table.Name.Schema}'.", place, $"GRANT USAGE ON SCHEMA {TableName.Quote(table.Name.Schema)} TO {User};");
        }

        string[] hidden = [.. columns.Distinct(StringComparer.Ordinal).Where(c => !Columns.Contains(c))];
        if (hidden.Length == 0)
        {
            return null;
        }

        return Columns.Count == 0
            ? PostgresErrors.NoRight.Error($"The user may not read {table.Name}.", place, $"GRANT SELECT ON {table.Name.Sql} TO {User};")
            : PostgresErrors.NoRight.Error($"The user may not read {string.Join(", ", hidden)} of {table.Name}.", place, $"GRANT SELECT ({string.Join(", ", hidden.Select(TableName.Quote))}) ON {table.Name.Sql} TO {User};");
    }
}
