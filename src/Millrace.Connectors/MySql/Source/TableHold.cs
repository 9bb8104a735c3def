namespace Millrace.Connectors.MySql;

/// <summary>
/// Keeps a table as it was planned while transactions read it: the first look at a table makes others who would alter or drop it
/// wait for the end of the transaction.
/// </summary>
/// <param name="table">As it was when the read was planned.</param>
/// <param name="columns">Columns that are read.</param>
internal sealed class TableHold(TableInfo table, TableColumns columns)
{
    /// <summary>Inside a transaction: takes hold of the table, and sees that the columns still have the types of the plan.</summary>
    public async ValueTask TakeAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        await connection.ExecuteAsync($"SELECT 1 FROM {table.Name.Sql} LIMIT 0", cancellation).ConfigureAwait(false);
        TableInfo? now = await TableCatalog.FindAsync(connection, table.Name, cancellation).ConfigureAwait(false);
        foreach (string name in columns.Schema.Fields.Select(f => f.Name))
        {
            ColumnInfo was = table.Find(name)!;
            ColumnInfo? becomes = now?.Find(name);
            if (becomes is null || becomes.TypeText != was.TypeText || becomes.IsCheckedJson != was.IsCheckedJson)
            {
                string what = becomes is null ? "is gone" : $"became {becomes.TypeText}; it was {was.TypeText} when the read was planned";
                throw MySqlErrors.Altered.Error($"The column '{name}' {what}.", new ErrorPlace { Stream = table.Name.ToString(), Field = name });
            }
        }
    }
}
