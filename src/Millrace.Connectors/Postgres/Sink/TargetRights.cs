using Millrace.Sdk;
using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>Asks the server whether the user may do what a job needs, and names the GRANT that is missing.</summary>
internal static class TargetRights
{
    public static async ValueTask<List<CheckFinding>> CheckAsync(NpgsqlConnection connection, TableName name, TableInfo? table, CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>
        {
            table is null
                ? await AskAsync(connection, $"create {name}", "a new table", "coalesce(has_schema_privilege(to_regnamespace($1), 'CREATE'), has_database_privilege(current_database(), 'CREATE'))", TableName.Quote(name.Schema), $"GRANT CREATE ON SCHEMA {TableName.Quote(name.Schema)} TO", cancellation).ConfigureAwait(false)
                : await AskAsync(connection, $"write {name}", $"{table.Columns.Count} columns", "has_table_privilege($1::regclass, 'INSERT') AND has_table_privilege($1::regclass, 'SELECT, UPDATE, DELETE')", name.Sql, $"GRANT SELECT, INSERT, UPDATE, DELETE ON {name.Sql} TO", cancellation).ConfigureAwait(false),
            await AskAsync(connection, "keep progress", "in _millrace.checkpoint", "CASE WHEN to_regclass($1) IS NULL THEN has_database_privilege(current_database(), 'CREATE') ELSE has_table_privilege(to_regclass($1), 'SELECT') AND has_table_privilege(to_regclass($1), 'INSERT') END", "_millrace.checkpoint", $"GRANT CREATE ON DATABASE {TableName.Quote(connection.Database)} TO", cancellation).ConfigureAwait(false),
        };
        return findings;
    }

    private static async ValueTask<CheckFinding> AskAsync(NpgsqlConnection connection, string subject, string detail, string condition, string argument, string grant, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand($"SELECT {condition}, current_user", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = argument, NpgsqlDbType = NpgsqlDbType.Text });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        string user = TableName.Quote(reader.GetString(1));
        return reader.GetBoolean(0)
            ? CheckFinding.Pass(subject, detail)
            : CheckFinding.Fail(subject, PostgresErrors.NoRight.Error($"The user {user} may not {subject}.", hint: $"{grant} {user};"));
    }
}
