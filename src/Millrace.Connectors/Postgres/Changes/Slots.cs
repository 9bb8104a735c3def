using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>Replication slots of a server (documentation, "pg_replication_slots").</summary>
internal static class Slots
{
    private const string Query =
        """
        SELECT coalesce(plugin, ''), database IS NOT DISTINCT FROM current_database(), active_pid, coalesce(wal_status, ''), coalesce(confirmed_flush_lsn, '0/0'),
               coalesce(pg_catalog.pg_wal_lsn_diff(log.end_lsn, restart_lsn), 0)::int8, pg_catalog.current_setting('max_slot_wal_keep_size'), coalesce(log.end_lsn, '0/0')
          FROM pg_catalog.pg_replication_slots,
               (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS end_lsn) AS log
         WHERE slot_name = $1
        """;

    /// <summary>A slot; null if there is none of the name.</summary>
    public static async ValueTask<SlotInfo?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.AddWithValue(name);
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellation).ConfigureAwait(false)
                ? new SlotInfo(
                    name,
                    reader.GetString(0),
                    reader.GetBoolean(1),
                    reader.IsDBNull(2) ? null : reader.GetInt32(2),
                    reader.GetString(3),
                    (ulong)reader.GetFieldValue<NpgsqlLogSequenceNumber>(4),
                    reader.GetInt64(5),
                    reader.GetString(6),
                    (ulong)reader.GetFieldValue<NpgsqlLogSequenceNumber>(7))
                : null;
        }
    }

    /// <summary>The name of a slot of this database; null if there is none.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="name">Its name, or what comes before the last mark and what follows.</param>
    /// <param name="isWhole">Whether it is the name.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<string?> FindNameAsync(NpgsqlConnection connection, string name, bool isWhole, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(
            $"SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE {(isWhole ? "slot_name = $1" : "database = current_database() AND slot_name::text ~ ('^' || $1 || '_[0-9a-f]{4}$')")} ORDER BY 1 LIMIT 1",
            connection);
        command.Parameters.AddWithValue(name);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as string;
    }

    public static async ValueTask DropAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand("SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1", connection);
        command.Parameters.AddWithValue(name);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The end of the log, all of which is on disk, so that the server hands it out. Commits that did not wait for the disk are in
    /// it: one behind them does.
    /// </summary>
    public static async ValueTask<ulong> EndOfLogAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand("SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_logical_emit_message(true, 'millrace', '') END", connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        command.CommandText = "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_flush_lsn() END";
        return (ulong)(NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}

/// <param name="Name">Its name.</param>
/// <param name="Plugin">What decodes the log for it.</param>
/// <param name="IsOfDatabase">Whether it reads the database of the connection.</param>
/// <param name="Process">The process that uses it; null for none.</param>
/// <param name="Status">Whether the log that it needs is still there; <c>lost</c> if not.</param>
/// <param name="Confirmed">Transactions committed before this place are not sent any more.</param>
/// <param name="Retained">Bytes of log that the server keeps for it.</param>
/// <param name="MostRetained">How much it keeps at most, as the server says it; -1 for no limit.</param>
/// <param name="EndOfLog">The end of the server's log.</param>
internal sealed record SlotInfo(string Name, string Plugin, bool IsOfDatabase, int? Process, string Status, ulong Confirmed, long Retained, string MostRetained, ulong EndOfLog);
