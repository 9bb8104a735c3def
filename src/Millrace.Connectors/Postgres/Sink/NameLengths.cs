using System.Text;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Finds names that the server would cut off without a word, so that they were found no more.</summary>
internal static class NameLengths
{
    // Of any server that was not built with another limit.
    private const int UsualMost = 63;

    // The server counts the bytes that its own encoding takes.
    private const string Longest =
        """
        SELECT n, pg_catalog.octet_length(n), pg_catalog.current_setting('max_identifier_length')
          FROM pg_catalog.unnest($1::text[]) n
         WHERE pg_catalog.octet_length(n) > pg_catalog.current_setting('max_identifier_length')::int LIMIT 1
        """;

    /// <summary>Fails when a name is too long. The server is asked only about such as may be.</summary>
    /// <param name="connection">The server.</param>
    /// <param name="table">The table that is to be written.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask CheckAsync(NpgsqlConnection connection, TableName table, IEnumerable<string> columns, CancellationToken cancellation)
    {
        await CheckAsync(connection, table, "schema", [table.Schema], cancellation).ConfigureAwait(false);
        await CheckAsync(connection, table, "table", [table.Name], cancellation).ConfigureAwait(false);
        await CheckAsync(connection, table, "column", columns, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask CheckAsync(NpgsqlConnection connection, TableName table, string what, IEnumerable<string> names, CancellationToken cancellation)
    {
        string[] doubtful = [.. names.Where(n => Encoding.UTF8.GetByteCount(n) > UsualMost)];
        if (doubtful.Length == 0)
        {
            return;
        }

        using var command = new NpgsqlCommand(Longest, connection);
        command.Parameters.AddWithValue(doubtful);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            string name = reader.GetString(0);
            throw PostgresErrors.NameTooLong.Error(
                $"The name of the {what} '{name}' has {reader.GetInt32(1)} bytes; the server keeps {reader.GetString(2)}.",
                new ErrorPlace { Stream = table.ToString(), Field = what == "column" ? name : null });
        }
    }
}
