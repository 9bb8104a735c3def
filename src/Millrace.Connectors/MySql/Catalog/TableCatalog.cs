using System.Globalization;

namespace Millrace.Connectors.MySql;

/// <summary>Asks the server's catalogue (<c>information_schema</c>) about tables.</summary>
internal static class TableCatalog
{
    /// <summary>Databases of the server itself.</summary>
    private const string System = "'mysql', 'information_schema', 'performance_schema', 'sys'";

    /// <summary>A table; null if there is none that the user sees.</summary>
    public static async ValueTask<TableInfo?> FindAsync(MySqlConnection connection, TableName name, CancellationToken cancellation)
    {
        List<TableInfo> found = await ListAsync(connection, $"TABLE_SCHEMA = {SqlText.Literal(name.Database)} AND TABLE_NAME = {SqlText.Literal(name.Name)}", cancellation).ConfigureAwait(false);

        // The catalogue may take names of other case for the same.
        return found.Find(t => t.Name == name) ?? found.FirstOrDefault();
    }

    /// <summary>All tables of a database, or of all but the server's own, by name; not those that keep progress.</summary>
    public static ValueTask<List<TableInfo>> ListAllAsync(MySqlConnection connection, string? database, CancellationToken cancellation)
        => ListAsync(
            connection,
            $@"{(database is null ? $"TABLE_SCHEMA NOT IN ({System})" : $"TABLE_SCHEMA = {SqlText.Literal(database)}")} AND TABLE_NAME NOT LIKE '\_millrace\_%'",
            cancellation);

    private static async ValueTask<List<TableInfo>> ListAsync(MySqlConnection connection, string condition, CancellationToken cancellation)
    {
        List<string?[]> tables = await connection.QueryAsync(
            $"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, DATA_LENGTH, TABLE_COMMENT FROM information_schema.TABLES WHERE {condition} ORDER BY 1, 2", cancellation).ConfigureAwait(false);
        if (tables.Count == 0)
        {
            return [];
        }

        ILookup<TableName, ColumnInfo> columns = await ColumnsAsync(connection, condition, cancellation).ConfigureAwait(false);
        ILookup<TableName, IndexInfo> indexes = await IndexesAsync(connection, condition, cancellation).ConfigureAwait(false);
        return tables.ConvertAll(t =>
        {
            var name = new TableName(t[0]!, t[1]!);
            bool isView = t[2]!.Contains("VIEW", StringComparison.Ordinal);
            return new TableInfo
            {
                Name = name,
                IsView = isView,
                Engine = t[3],
                Rows = Number(t[4]),
                Bytes = Number(t[5]),
                Comment = isView || t[6] is not { Length: > 0 } ? null : t[6],
                Columns = [.. columns[name]],
                Indexes = [.. indexes[name]],
            };
        });
    }

    private static async ValueTask<ILookup<TableName, ColumnInfo>> ColumnsAsync(MySqlConnection connection, string condition, CancellationToken cancellation)
    {
        HashSet<(TableName, string)> json = await CheckedJsonAsync(connection, condition, cancellation).ConfigureAwait(false);
        List<string?[]> columns = await connection.QueryAsync(
            $"""
            SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION,
                   COLLATION_NAME, COLUMN_COMMENT, EXTRA, COLUMN_DEFAULT IS NOT NULL
              FROM information_schema.COLUMNS WHERE {condition} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION
            """,
            cancellation).ConfigureAwait(false);
        return columns.ToLookup(c => new TableName(c[0]!, c[1]!), c =>
        {
            string extra = c[11] ?? "";
            bool isNullable = c[5] == "YES";
            return new ColumnInfo
            {
                Name = c[2]!,
                Type = c[3]!.ToLowerInvariant(),
                TypeText = c[4]!,
                NotNull = !isNullable,
                Precision = (int)(Number(c[6]) ?? 0),
                Scale = (int)(Number(c[7]) ?? Number(c[8]) ?? 0),
                Collation = c[9],
                Comment = c[10] is { Length: > 0 } comment ? comment : null,
                IsGenerated = extra.Contains("VIRTUAL", StringComparison.OrdinalIgnoreCase) || extra.Contains("STORED", StringComparison.OrdinalIgnoreCase) || extra.Contains("PERSISTENT", StringComparison.OrdinalIgnoreCase),
                HasDefault = isNullable || c[12] == "1" || extra.Contains("auto_increment", StringComparison.OrdinalIgnoreCase),
                IsCheckedJson = json.Contains((new TableName(c[0]!, c[1]!), c[2]!)),
            };
        });
    }

    private static async ValueTask<ILookup<TableName, IndexInfo>> IndexesAsync(MySqlConnection connection, string condition, CancellationToken cancellation)
    {
        List<string?[]> parts = await connection.QueryAsync(
            $"SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS WHERE {condition} ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
            cancellation).ConfigureAwait(false);
        return parts
            .GroupBy(p => (new TableName(p[0]!, p[1]!), p[2]!))
            .ToLookup(g => g.Key.Item1, g => new IndexInfo(g.Key.Item2, g.First()[3] == "0", [.. g.Select(p => p[4] ?? "")], g.Any(p => p[5] is not null)));
    }

    // MariaDB has no type for JSON: it makes a text with a rule.
    private static async ValueTask<HashSet<(TableName, string)>> CheckedJsonAsync(MySqlConnection connection, string condition, CancellationToken cancellation)
    {
        if (!connection.IsMariaDb)
        {
            return [];
        }

        List<string?[]> rules = await connection.QueryAsync(
            $"SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE {condition.Replace("TABLE_SCHEMA", "CONSTRAINT_SCHEMA", StringComparison.Ordinal)} AND CHECK_CLAUSE LIKE 'json\\_valid(%'",
            cancellation).ConfigureAwait(false);
        const string start = "json_valid(`";
        return [.. rules
            .Where(r => r[2]!.StartsWith(start, StringComparison.OrdinalIgnoreCase) && r[2]!.EndsWith("`)", StringComparison.Ordinal))
            .Select(r => (new TableName(r[0]!, r[1]!), r[2]![start.Length..^2].Replace("``", "`", StringComparison.Ordinal)))];
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : null;
}
