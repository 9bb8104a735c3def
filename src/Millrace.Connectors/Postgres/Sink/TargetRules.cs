using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>Whether a table has anything by which the server may refuse a row whose values suit the types.</summary>
internal static class TargetRules
{
    private const string Any =
        """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = $1 AND relkind <> 'r')
            OR EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = $1)
            OR EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal)
            OR EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = $1 AND (indisunique OR indexprs IS NOT NULL))
            OR EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                        WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND (a.atttypmod >= 0 OR t.typtype <> 'b'))
        """;

    public static async ValueTask<bool> AnyAsync(NpgsqlConnection connection, uint table, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Any, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table, NpgsqlDbType = NpgsqlDbType.Oid });
        return (bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
