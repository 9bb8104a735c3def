using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes a table fit rows: creates it, adds columns, widens types.</summary>
/// <param name="name">The table.</param>
/// <param name="schema">Of the rows.</param>
/// <param name="request">How they are written.</param>
/// <param name="deletes">What becomes of rows that a snapshot lacks.</param>
/// <param name="allowed">How far a table that exists may be changed.</param>
internal sealed class TableShape(TableName name, Schema schema, SinkRequest request, SnapshotDeletes deletes, SchemaChanges allowed)
{
    // Columns that the way of writing adds to those of the rows.
    private IReadOnlyList<(string Name, string Type)> Added => request.Mode switch
    {
        WriteMode.Scd2 => HistoryStatements.Columns,
        _ when MarksDeleted => [(HistoryColumns.DeletedAt, "timestamptz")],
        _ => [],
    };

    private bool MarksDeleted => deletes == SnapshotDeletes.Soft && (request.Mode == WriteMode.SnapshotDiff || request.RemovesMissing);

    private IReadOnlyList<string> Key => request.Mode.IsByKey() ? request.Key : [];

    /// <summary>The statements that make the table fit; none if it does.</summary>
    /// <param name="table">As it is; null if it does not exist.</param>
    /// <param name="types">All types that its columns need.</param>
    public List<string> Changes(TableInfo? table, IReadOnlyDictionary<uint, PgType> types)
    {
        if (schema.Fields.FirstOrDefault(f => Added.Any(a => a.Name == f.Name)) is { } taken)
        {
            throw PostgresErrors.SchemaMisfit.Error($"The rows have a column '{taken.Name}', which this way of writing adds by itself.", new ErrorPlace { Stream = name.ToString(), Field = taken.Name }, "Give it another name with `columns:`.");
        }

        if (schema.Count == 0)
        {
            throw PostgresErrors.SchemaMisfit.Error($"The rows for {name} have no columns.", new ErrorPlace { Stream = name.ToString() });
        }

        if (table is null)
        {
            return request.RemovesMissing ? throw PostgresErrors.UnknownTable.Error($"The table {name} is gone.", new ErrorPlace { Stream = name.ToString() }) : Creation();
        }

        var changes = new List<(string Sql, string What)>();
        foreach ((string column, string type) in schema.Fields.Select(f => (f.Name, WriteType.SqlFor(f.Type))).Concat(Added))
        {
            if (table.Columns.All(c => c.Name != column))
            {
                changes.Add(($"ALTER TABLE {name.Sql} ADD COLUMN {TableName.Quote(column)} {type}", $"it lacks the column '{column}' ({type})"));
            }
        }

        if (allowed != SchemaChanges.AddColumns)
        {
            changes.AddRange(Widenings(table, types));
        }

        if (changes.Count > 0 && allowed == SchemaChanges.None)
        {
            throw PostgresErrors.SchemaMisfit.Error(
                $"The table {name} is not as the rows are, and is not to be changed: {string.Join("; ", changes.Select(c => c.What))}.",
                new ErrorPlace { Stream = name.ToString() }, "Change the table, choose and convert columns with `columns:`, or let it evolve with `schema_changes: widen`.");
        }

        ColumnInfo? missing = table.Columns.FirstOrDefault(c => c is { NotNull: true, IsGenerated: false, HasDefault: false } && schema.IndexOf(c.Name) < 0 && Added.All(a => a.Name != c.Name));
        return missing is null || request.RemovesMissing
            ? changes.ConvertAll(c => c.Sql)
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

    private IEnumerable<(string Sql, string What)> Widenings(TableInfo table, IReadOnlyDictionary<uint, PgType> types)
    {
        foreach (Field field in schema.Fields)
        {
            if (table.Columns.FirstOrDefault(c => c.Name == field.Name) is { } column && WiderType.Find(types.GetValueOrDefault(column.Type), column.Modifier, field.Type) is { } wider)
            {
                yield return ($"ALTER TABLE {name.Sql} ALTER COLUMN {TableName.Quote(column.Name)} TYPE {wider}", $"the column '{column.Name}' is {column.TypeText}, and the rows have {wider}");
            }
        }
    }

    private List<string> Creation()
    {
        IEnumerable<string> parts = schema.Fields.Select(f =>
            $"{TableName.Quote(f.Name)} {WriteType.SqlFor(f.Type)}{(f.Nullable && !Key.Contains(f.Name) ? "" : " NOT NULL")}");
        parts = parts.Concat(Added.Select(a => $"{a.Name} {a.Type}"));
        string keys = string.Join(", ", Key.Select(TableName.Quote));

        // A row has several versions, one of which holds.
        bool hasVersions = request.Mode == WriteMode.Scd2;
        if (keys.Length > 0 && !hasVersions)
        {
            parts = parts.Append($"PRIMARY KEY ({keys})");
        }

        string table = $"CREATE TABLE IF NOT EXISTS {name.Sql} ({string.Join(", ", parts)})";
        IEnumerable<string> comments = schema.Fields.Where(f => DataTags.CommentOf(f) is not null)
            .Select(f => $"COMMENT ON COLUMN {name.Sql}.{TableName.Quote(f.Name)} IS {SqlText.Text(DataTags.CommentOf(f)!.Replace("\0", "", StringComparison.Ordinal))}");
        return hasVersions ? [table, $"CREATE UNIQUE INDEX ON {name.Sql} ({keys}) WHERE {HistoryColumns.IsCurrent}", .. comments] : [table, .. comments];
    }
}
