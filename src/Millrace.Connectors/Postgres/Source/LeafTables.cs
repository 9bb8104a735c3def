using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>The tables that hold the rows of another: itself, or the parts of a partitioned table.</summary>
internal static class LeafTables
{
    // A part is read by itself only where that takes no right, and evades no policy, that reading the whole would not.
    private const string Leaves =
        """
        SELECT c.oid, n.nspname, c.relname, c.relkind::text, pg_catalog.pg_table_size(c.oid), pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8,
               pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active($1)
          FROM pg_catalog.pg_partition_tree($1) p JOIN pg_catalog.pg_class c ON c.oid = p.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE p.isleaf
         ORDER BY n.nspname, c.relname
        """;

    public static async ValueTask<IReadOnlyList<TableInfo>> FindAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        if (table.Kind != TableKind.Partitioned || !table.ShowsPlaces)
        {
            return [table];
        }

        var leaves = new List<TableInfo>();
        using var command = new NpgsqlCommand(Leaves, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table.Oid, NpgsqlDbType = NpgsqlDbType.Oid });
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (reader.GetChar(3) != 'r' || !reader.GetBoolean(6))
                {
                    return [table];
                }

                leaves.Add(new TableInfo
                {
                    Oid = reader.GetFieldValue<uint>(0),
                    Name = new TableName(reader.GetString(1), reader.GetString(2)),
                    Kind = TableKind.Table,
                    Bytes = reader.GetInt64(4),
                    Blocks = reader.GetInt64(5),
                    Columns = table.Columns,
                });
            }
        }

        return leaves.Count == 0 ? [table] : leaves;
    }
}
