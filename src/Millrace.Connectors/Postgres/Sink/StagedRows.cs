using Millrace.Connectors.Common;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Brings the staged rows of an epoch into their table where single ones may be refused, which are set aside.
/// </summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="path">The way of the rows.</param>
/// <param name="given">The number of a staged row among all that the writer was given.</param>
/// <param name="errors">Takes the rows set aside.</param>
internal sealed class StagedRows(NpgsqlConnection connection, RowPath path, Func<long, long?> given, IRowErrorHandler errors)
{
    private const string Part = "pg_temp._millrace_part";

    // Rows were numbered as they came.
    private long _first;

    /// <summary>Inside a transaction.</summary>
    /// <returns>Rows that were set aside.</returns>
    public async ValueTask<long> BringInAsync(CancellationToken cancellation)
    {
        if (await TryAsync(path.StatementsOf(RowPath.Stage), cancellation).ConfigureAwait(false) is null)
        {
            return 0;
        }

        await ExecuteAsync($"CREATE TEMPORARY TABLE _millrace_part ON COMMIT DROP AS SELECT * FROM {RowPath.Stage} LIMIT 0", cancellation).ConfigureAwait(false);
        using var command = new NpgsqlCommand($"SELECT min({MergeStatements.Order}), max({MergeStatements.Order}) FROM {RowPath.Stage}", connection);
        long first;
        long last;
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellation).ConfigureAwait(false);
            (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
        }

        _first = first;
        return await new RefusedRows<PostgresException>((from, to) => TryAsync(PartOf(from, to), cancellation), (row, refusal) => SetAsideAsync(row, refusal, cancellation))
            .FindAsync(first, last).ConfigureAwait(false);
    }

    private string PartOf(long first, long last)
        => $"DELETE FROM {Part}; INSERT INTO {Part} SELECT * FROM {RowPath.Stage} WHERE {MergeStatements.Order} BETWEEN {first} AND {last}; {path.StatementsOf(Part)}";

    // What the server has against a row among those of the statements; null for nothing. Rules that are deferred to the commit,
    // which nothing may fail any more, are looked at now.
    private async ValueTask<PostgresException?> TryAsync(string sql, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync($"SAVEPOINT millrace; {sql}; SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (PostgresFaults.IsOfRow(e))
        {
            await ExecuteAsync("ROLLBACK TO SAVEPOINT millrace; RELEASE SAVEPOINT millrace", cancellation).ConfigureAwait(false);
            return e;
        }
    }

    private async ValueTask<bool> SetAsideAsync(long row, PostgresException refusal, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand($"SELECT row_to_json(r.*)::text FROM (SELECT {path.Columns.CopiedNames} FROM {RowPath.Stage} WHERE {MergeStatements.Order} = {row}) r", connection);
        string json = (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        errors.OnRowError(new RowError(
            PostgresErrors.RowRefused,
            PostgresFaults.MessageOf(refusal),
            new ErrorPlace { Stream = path.Table.ToString(), Field = refusal.ColumnName, Row = given(row - _first) },
            System.Text.Encoding.UTF8.GetBytes(json))
        {
            Stage = RowStage.Convert,
            Form = RawForm.Json,
        });
        return true;
    }

    private async ValueTask ExecuteAsync(string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
