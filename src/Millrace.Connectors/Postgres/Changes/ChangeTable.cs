using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>What matters of a table whose changes are read.</summary>
/// <param name="Info">The table as the catalogue has it now.</param>
/// <param name="Identity">How its rows are identified in the log (<c>pg_class.relreplident</c>).</param>
/// <param name="Computed">Columns that the server computes and does not send.</param>
/// <param name="HasIdentity">Whether the log says which row a change is about.</param>
internal sealed record ChangeTable(TableInfo Info, char Identity, IReadOnlySet<string> Computed, bool HasIdentity)
{
    private const string Query =
        """
        SELECT c.relreplident::text,
               ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated <> ''),
               CASE c.relreplident WHEN 'f' THEN true WHEN 'n' THEN false
                    ELSE EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) END
          FROM pg_catalog.pg_class c WHERE c.oid = $1
        """;

    public uint Oid => Info.Oid;

    public TableName Name => Info.Name;

    /// <summary>Columns of the primary key.</summary>
    public IReadOnlyList<string> Key => Info.Key;

    /// <summary>Its columns as the stream would have them now.</summary>
    public RelationShape Shape => new(Oid, [.. Columns.Select(c => new RelationColumn(c.Name, c.Type, c.Modifier))]);

    private IEnumerable<ColumnInfo> Columns => Info.Columns.Where(c => !Computed.Contains(c.Name));

    public static async ValueTask<ChangeTable> FindAsync(NpgsqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table.Oid, NpgsqlDbType = NpgsqlDbType.Oid });
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            return new ChangeTable(table, reader.GetChar(0), reader.GetFieldValue<string[]>(1).ToHashSet(StringComparer.Ordinal), reader.GetBoolean(2));
        }
    }
}
