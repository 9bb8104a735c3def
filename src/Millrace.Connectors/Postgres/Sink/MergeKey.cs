using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>The columns by which rows are merged, beside what the table knows of them.</summary>
internal static class MergeKey
{
    // Partial and deferrable indexes, and those of expressions, cannot decide about ON CONFLICT.
    private const string Unique =
        """
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_index i
             WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
               AND ARRAY(SELECT a.attname::text COLLATE "C" FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) ORDER BY 1)
                   = ARRAY(SELECT k COLLATE "C" FROM pg_catalog.unnest($2::text[]) k ORDER BY 1))
        """;

    /// <summary>Fails when the table lacks a column of the key.</summary>
    public static void Check(IReadOnlyList<string> key, TableInfo table)
    {
        foreach (string column in key)
        {
            if (!table.Columns.Any(c => c.Name == column))
            {
                throw PostgresErrors.NoKey.Error($"The key column '{column}' is not among the columns of the table {table.Name}.", new ErrorPlace { Stream = table.Name.ToString(), Field = column });
            }
        }
    }

    /// <summary>Whether an index of the table makes the key unique.</summary>
    public static async ValueTask<bool> IsUniqueAsync(NpgsqlConnection connection, TableInfo table, IReadOnlyList<string> key, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Unique, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table.Oid, NpgsqlDbType = NpgsqlDbType.Oid });
        command.Parameters.AddWithValue(key.Distinct(StringComparer.Ordinal).ToArray());
        return (bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
