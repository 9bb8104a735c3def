namespace Millrace.Connectors.MySql;

/// <summary>What makes a row of another table go, or change, with the one that it refers to.</summary>
/// <param name="Table">The table that refers.</param>
/// <param name="Name">Name of the constraint.</param>
/// <param name="OnDelete">Its rule: <c>CASCADE</c> or <c>SET NULL</c>.</param>
internal sealed record ForeignKey(TableName Table, string Name, string OnDelete)
{
    /// <summary>A constraint of another table that changes its rows when those of a table are deleted; null for none that the user sees.</summary>
    public static async ValueTask<ForeignKey?> FindCascadeAsync(MySqlConnection connection, TableName table, CancellationToken cancellation)
    {
        List<string?[]> found = await connection.QueryAsync(
            $"""
            SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS
            WHERE DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') AND {IsSame("UNIQUE_CONSTRAINT_SCHEMA", table.Database)} AND {IsSame("REFERENCED_TABLE_NAME", table.Name)}
            AND NOT ({IsSame("CONSTRAINT_SCHEMA", table.Database)} AND {IsSame("TABLE_NAME", table.Name)}) ORDER BY 1, 2, 3 LIMIT 1
            """,
            cancellation).ConfigureAwait(false);
        return found is [[{ } schema, { } name, { } constraint, { } rule]] ? new ForeignKey(new TableName(schema, name), constraint, rule) : null;
    }

    // The catalogue compares names without case, which the server does only with lower_case_table_names.
    private static string IsSame(string column, string name)
        => $"{column} = {SqlText.Literal(name)} AND (@@lower_case_table_names > 0 OR BINARY {column} = {SqlText.Literal(name)})";
}
