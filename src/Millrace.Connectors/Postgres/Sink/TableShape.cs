using Millrace.Columnar;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes a table fit rows: creates it, adds columns.</summary>
internal static class TableShape
{
    /// <summary>The statements that make the table fit; none if it does.</summary>
    /// <param name="name">The table.</param>
    /// <param name="table">As it is; null if it does not exist.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="key">Columns of the primary key of a table that is made.</param>
    /// <param name="evolution">Whether the table may be changed.</param>
    public static List<string> Changes(TableName name, TableInfo? table, Schema schema, IReadOnlyList<string> key, SchemaEvolution evolution)
    {
        if (table is null)
        {
            return [Creation(name, schema, key)];
        }

        var changes = new List<string>();
        foreach (Field field in schema.Fields)
        {
            ColumnInfo? column = table.Columns.FirstOrDefault(c => c.Name == field.Name);
            if (column is null)
            {
                changes.Add($"ALTER TABLE {name.Sql} ADD COLUMN {TableName.Quote(field.Name)} {WriteType.SqlFor(field.Type)}");
            }
        }

        if (changes.Count > 0 && evolution == SchemaEvolution.Freeze)
        {
            string[] added = [.. schema.Fields.Where(f => table.Columns.All(c => c.Name != f.Name)).Select(f => f.Name)];
            throw PostgresErrors.SchemaMisfit.Error($"The table {name} lacks {(added.Length == 1 ? "the column" : "the columns")} {string.Join(", ", added)}.", new ErrorPlace { Stream = name.ToString() }, "Add them, or let the table evolve.");
        }

        ColumnInfo? missing = table.Columns.FirstOrDefault(c => c is { NotNull: true, IsGenerated: false, HasDefault: false } && schema.IndexOf(c.Name) < 0);
        return missing is null
            ? changes
            : throw PostgresErrors.SchemaMisfit.Error($"The column '{missing.Name}' of {name} must have a value, and the rows do not have it.", new ErrorPlace { Stream = name.ToString(), Field = missing.Name }, "Give it a default in the table, or compute it with `transform:`.");
    }

    /// <summary>Changes the table, and makes its schema first where there is none.</summary>
    public static async ValueTask ApplyAsync(NpgsqlConnection connection, TableName name, IReadOnlyList<string> changes, CancellationToken cancellation)
    {
        if (changes.Count > 0)
        {
            await DefinitionLock.RunAsync(
                connection,
                async () =>
                {
                    bool hasSchema = await HasSchemaAsync(connection, name, cancellation).ConfigureAwait(false);
                    string schema = hasSchema ? "" : $"CREATE SCHEMA IF NOT EXISTS {TableName.Quote(name.Schema)}; ";
                    await DefinitionLock.ApplyAsync(connection, schema + string.Join("; ", changes), cancellation).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
        }
    }

    // CREATE SCHEMA IF NOT EXISTS takes the right to create schemas also where there is nothing to create.
    private static async ValueTask<bool> HasSchemaAsync(NpgsqlConnection connection, TableName name, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", connection);
        command.Parameters.AddWithValue(name.Schema);
        return (bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    private static string Creation(TableName name, Schema schema, IReadOnlyList<string> key)
    {
        IEnumerable<string> parts = schema.Fields.Select(f =>
            $"{TableName.Quote(f.Name)} {WriteType.SqlFor(f.Type)}{(f.Nullable && !key.Contains(f.Name) ? "" : " NOT NULL")}");
        if (key.Count > 0)
        {
            parts = parts.Append($"PRIMARY KEY ({string.Join(", ", key.Select(TableName.Quote))})");
        }

        return $"CREATE TABLE IF NOT EXISTS {name.Sql} ({string.Join(", ", parts)})";
    }
}
