using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>Asks the server's catalogue (chapter "System Catalogs") about tables and types.</summary>
internal static class TableCatalog
{
    private const string Tables =
        """
        SELECT c.oid, n.nspname, c.relname, c.relkind::text,
               CASE WHEN c.reltuples >= 0 THEN c.reltuples::int8 END,
               CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_table_size(c.oid) WHEN c.relkind = 'p'
                    THEN (SELECT coalesce(sum(pg_catalog.pg_table_size(relid)), 0)::int8 FROM pg_catalog.pg_partition_tree(c.oid) WHERE isleaf) ELSE 0 END,
               CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 ELSE 0 END,
               pg_catalog.obj_description(c.oid, 'pg_class')
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        """;

    private const string Columns =
        """
        SELECT attrelid, attname, atttypid, atttypmod, attnotnull, pg_catalog.format_type(atttypid, atttypmod),
               pg_catalog.col_description(attrelid, attnum), attgenerated <> '', atthasdef OR attidentity <> '', attidentity = 'a'
          FROM pg_catalog.pg_attribute
         WHERE attrelid = ANY ($1) AND attnum > 0 AND NOT attisdropped
         ORDER BY attrelid, attnum
        """;

    private const string Indexes =
        """
        SELECT i.indrelid, i.indisprimary, pg_catalog.pg_get_indexdef(i.indexrelid),
               ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, at)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.at <= i.indnkeyatts ORDER BY k.at)
          FROM pg_catalog.pg_index i
         WHERE i.indrelid = ANY ($1) AND i.indisvalid
         ORDER BY i.indrelid, i.indexrelid
        """;

    private const string Types =
        """
        WITH RECURSIVE needed AS (
            SELECT pg_catalog.unnest($1::oid[]) AS oid
            UNION
            SELECT part.oid
              FROM needed JOIN pg_catalog.pg_type p ON p.oid = needed.oid
              CROSS JOIN LATERAL (
                  SELECT p.typelem AS oid WHERE p.typelem <> 0 AND p.typcategory = 'A'
                  UNION ALL SELECT p.typbasetype WHERE p.typbasetype <> 0
                  UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
                             WHERE p.typtype = 'c' AND a.attrelid = p.typrelid AND a.attnum > 0 AND NOT a.attisdropped) part)
        SELECT p.oid, p.typname, n.nspname, p.typtype::text, p.typcategory = 'A' AND p.typelem <> 0, p.typelem, p.typbasetype, p.typtypmod, p.typrelid
          FROM needed JOIN pg_catalog.pg_type p ON p.oid = needed.oid JOIN pg_catalog.pg_namespace n ON n.oid = p.typnamespace
        """;

    // Apart from the types: together the server thinks them so costly that it compiles the query, which takes it 50 ms and more.
    private const string Attributes =
        """
        SELECT attrelid, attname, atttypid, atttypmod
          FROM pg_catalog.pg_attribute
         WHERE attrelid = ANY ($1) AND attnum > 0 AND NOT attisdropped
         ORDER BY attrelid, attnum
        """;

    /// <summary>A table; null if there is none that the user sees.</summary>
    public static async ValueTask<TableInfo?> FindAsync(NpgsqlConnection connection, TableName name, CancellationToken cancellation)
    {
        List<TableInfo> found = await ListAsync(connection, Tables + " AND n.nspname = $1 AND c.relname = $2", [name.Schema, name.Name], cancellation).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>All tables but those of the server itself and parts of partitioned ones, by name.</summary>
    public static ValueTask<List<TableInfo>> ListAsync(NpgsqlConnection connection, CancellationToken cancellation)
        => ListAsync(
            connection,
            Tables + " AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', '_millrace') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%' ORDER BY 2, 3",
            [],
            cancellation);

    /// <summary>Types, and those that they are made of.</summary>
    public static async ValueTask<IReadOnlyDictionary<uint, PgType>> TypesAsync(NpgsqlConnection connection, IEnumerable<uint> oids, CancellationToken cancellation)
    {
        var types = new List<(PgType Type, uint Relation)>();
        await using (NpgsqlDataReader reader = await QueryAsync(connection, Types, [.. oids.Distinct()], cancellation).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                var type = new PgType
                {
                    Oid = reader.GetFieldValue<uint>(0),
                    Name = reader.GetString(1),
                    Schema = reader.GetString(2),
                    Kind = reader.GetBoolean(4) ? PgTypeKind.Array : KindOf(reader.GetChar(3)),
                    Element = reader.GetFieldValue<uint>(5),
                    Base = reader.GetFieldValue<uint>(6),
                    BaseModifier = reader.GetInt32(7),
                };
                types.Add((type, type.Kind == PgTypeKind.Composite ? reader.GetFieldValue<uint>(8) : 0));
            }
        }

        uint[] relations = [.. types.Select(t => t.Relation).Where(r => r != 0)];
        ILookup<uint, PgAttribute> attributes = (relations.Length > 0 ? await AttributesAsync(connection, relations, cancellation).ConfigureAwait(false) : []).ToLookup(a => a.Relation, a => a.Attribute);
        return types.ToDictionary(t => t.Type.Oid, t => t.Type with { Attributes = [.. attributes[t.Relation]] });
    }

    private static async ValueTask<List<(uint Relation, PgAttribute Attribute)>> AttributesAsync(NpgsqlConnection connection, uint[] relations, CancellationToken cancellation)
    {
        var attributes = new List<(uint, PgAttribute)>();
        await using NpgsqlDataReader reader = await QueryAsync(connection, Attributes, relations, cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            attributes.Add((reader.GetFieldValue<uint>(0), new PgAttribute(reader.GetString(1), reader.GetFieldValue<uint>(2), reader.GetInt32(3))));
        }

        return attributes;
    }

    private static async ValueTask<List<TableInfo>> ListAsync(NpgsqlConnection connection, string sql, string[] parameters, CancellationToken cancellation)
    {
        var tables = new List<TableInfo>();
        using (var command = new NpgsqlCommand(sql, connection))
        {
            foreach (string parameter in parameters)
            {
                command.Parameters.AddWithValue(parameter);
            }

            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                tables.Add(new TableInfo
                {
                    Oid = reader.GetFieldValue<uint>(0),
                    Name = new TableName(reader.GetString(1), reader.GetString(2)),
                    Kind = TableKindOf(reader.GetChar(3)),
                    Rows = reader.IsDBNull(4) ? null : reader.GetInt64(4),
                    Bytes = reader.GetInt64(5),
                    Blocks = reader.GetInt64(6),
                    Comment = reader.IsDBNull(7) ? null : reader.GetString(7),
                    Columns = [],
                });
            }
        }

        if (tables.Count == 0)
        {
            return tables;
        }

        uint[] oids = [.. tables.Select(t => t.Oid)];
        ILookup<uint, ColumnInfo> columns = (await ColumnsAsync(connection, oids, cancellation).ConfigureAwait(false)).ToLookup(c => c.Table, c => c.Column);
        ILookup<uint, Index> indexes = (await IndexesAsync(connection, oids, cancellation).ConfigureAwait(false)).ToLookup(i => i.Table);
        return tables.ConvertAll(t => t with
        {
            Columns = [.. columns[t.Oid]],
            Key = indexes[t.Oid].FirstOrDefault(i => i.IsPrimary)?.Columns ?? [],
            Indexes = [.. indexes[t.Oid].Where(i => !i.IsPrimary).Select(i => i.Definition)],
        });
    }

    private static async ValueTask<List<(uint Table, ColumnInfo Column)>> ColumnsAsync(NpgsqlConnection connection, uint[] tables, CancellationToken cancellation)
    {
        var columns = new List<(uint, ColumnInfo)>();
        await using NpgsqlDataReader reader = await QueryAsync(connection, Columns, tables, cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            columns.Add((reader.GetFieldValue<uint>(0), new ColumnInfo(
                reader.GetString(1),
                reader.GetFieldValue<uint>(2),
                reader.GetInt32(3),
                reader.GetBoolean(4),
                reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6),
                reader.GetBoolean(7),
                reader.GetBoolean(8),
                reader.GetBoolean(9))));
        }

        return columns;
    }

    private static async ValueTask<List<Index>> IndexesAsync(NpgsqlConnection connection, uint[] tables, CancellationToken cancellation)
    {
        var indexes = new List<Index>();
        await using NpgsqlDataReader reader = await QueryAsync(connection, Indexes, tables, cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            indexes.Add(new Index(reader.GetFieldValue<uint>(0), reader.GetBoolean(1), reader.GetString(2), reader.GetFieldValue<string[]>(3)));
        }

        return indexes;
    }

    private static async ValueTask<NpgsqlDataReader> QueryAsync(NpgsqlConnection connection, string sql, uint[] oids, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = oids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid });
        return await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
    }

    private static TableKind TableKindOf(char kind) => kind switch
    {
        'p' => TableKind.Partitioned,
        'v' => TableKind.View,
        'm' => TableKind.MaterializedView,
        'f' => TableKind.Foreign,
        _ => TableKind.Table,
    };

    private static PgTypeKind KindOf(char kind) => kind switch
    {
        'b' => PgTypeKind.Base,
        'c' => PgTypeKind.Composite,
        'd' => PgTypeKind.Domain,
        'e' => PgTypeKind.Enum,
        'r' or 'm' => PgTypeKind.Range,
        _ => PgTypeKind.Other,
    };

    private sealed record Index(uint Table, bool IsPrimary, string Definition, string[] Columns);
}
