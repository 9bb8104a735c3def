using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Keeps a table as it was planned for as long as a snapshot is there: nobody can drop or alter it meanwhile.</summary>
/// <param name="table">The table.</param>
/// <param name="columns">Columns that are read.</param>
/// <param name="types">Their types when the read was planned.</param>
internal sealed class TableHold(TableInfo table, TableColumns columns, string[] types)
{
    /// <summary>For messages.</summary>
    public ErrorPlace Place { get; } = new() { Stream = table.Name.ToString() };

    public static async ValueTask<TableHold> OfAsync(NpgsqlConnection connection, TableInfo table, TableColumns columns, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Query(table, columns), connection);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return new TableHold(table, columns, Types(reader));
        }
    }

    /// <summary>Takes the lock that every reader takes, and sees that the columns still have the types of the plan.</summary>
    public async ValueTask TakeAsync(ExportedSnapshot snapshot, CancellationToken cancellation)
    {
        string[] now = await snapshot.QueryAsync(Query(table, columns), Types, cancellation).ConfigureAwait(false);
        for (int i = 0; i < types.Length; i++)
        {
            if (now[i] != types[i])
            {
                string name = columns.Schema[i].Name;
                throw PostgresErrors.Altered.Error($"The column '{name}' became {now[i]}; it was {types[i]} when the read was planned.", Place with { Field = name });
            }
        }
    }

    private static string Query(TableInfo table, TableColumns columns)
        => $"SELECT {string.Join(", ", columns.Schema.Fields.Select(f => TableName.Quote(f.Name)))} FROM {table.Source} LIMIT 0";

    private static string[] Types(NpgsqlDataReader reader) => [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeName)];
}
