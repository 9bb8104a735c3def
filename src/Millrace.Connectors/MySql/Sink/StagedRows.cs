using System.Globalization;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Brings the staged rows of an epoch into their table, and sets aside those that the server refuses where bad rows may be.
/// </summary>
internal sealed class StagedRows(MySqlConnection connection, MergeStatements merge, TargetColumns columns, TableName table, IRowErrorHandler? errors)
{
    /// <summary>Inside a transaction.</summary>
    /// <returns>Rows that were set aside.</returns>
    public async ValueTask<long> BringInAsync(CancellationToken cancellation)
    {
        if (errors is null)
        {
            await connection.ExecuteAsync(merge.StatementsOf(null), cancellation).ConfigureAwait(false);
            return 0;
        }

        if (await TryAsync(merge.StatementsOf(null), cancellation).ConfigureAwait(false) is null)
        {
            return 0;
        }

        return await connection.QueryAsync(merge.Range, cancellation).ConfigureAwait(false) is [[{ } first, { } last]]
            ? await new RefusedRows<ServerException>((from, to) => TryAsync(merge.StatementsOf((from, to)), cancellation), (row, refusal) => SetAsideAsync(row, refusal, cancellation))
                .FindAsync(long.Parse(first, CultureInfo.InvariantCulture), long.Parse(last, CultureInfo.InvariantCulture)).ConfigureAwait(false)
            : 0;
    }

    // What the server has against a row among those of the statements; null for nothing.
    private async ValueTask<ServerException?> TryAsync(string sql, CancellationToken cancellation)
    {
        await connection.ExecuteAsync("SAVEPOINT millrace_merge", cancellation).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(sql, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (ServerException e) when (MySqlFaults.IsOfRow(e) && !connection.IsBroken)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT millrace_merge", cancellation).ConfigureAwait(false);
            return e;
        }
    }

    private async ValueTask<bool> SetAsideAsync(long row, ServerException refusal, CancellationToken cancellation)
    {
        string pairs = string.Join(", ", columns.Sent.Select(c => $"{SqlText.Literal(c.Info.Name)}, {(c.Write.IsPlain ? c.Sql : $"HEX({c.Sql})")}"));
        string? json = await connection.ScalarAsync(string.Create(CultureInfo.InvariantCulture, $"SELECT JSON_OBJECT({pairs}) FROM {MergeStatements.StageOf(table)} WHERE _millrace_order = {row}"), cancellation).ConfigureAwait(false);
        if (json is null)
        {
            return false;
        }

        errors!.OnRowError(new RowError(
            MySqlErrors.RowRefused,
            string.Create(CultureInfo.InvariantCulture, $"{refusal.Message} [{refusal.Number}]"),
            new ErrorPlace { Stream = table.ToString() },
            System.Text.Encoding.UTF8.GetBytes(json))
        {
            Stage = RowStage.Convert,
            Form = RawForm.Json,
        });
        return true;
    }
}
