using System.Text.Json;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Progress of jobs, kept in the database that takes their rows: <c>_millrace.job</c> has a row per job with the token of the run
/// that may commit, <c>_millrace.checkpoint</c> one for each of its last epochs. Rows and checkpoint are committed by one
/// transaction. The schema is not called as a user may be: it would come first in that user's search path.
/// </summary>
/// <param name="tenant">Tenant of the job.</param>
/// <param name="job">The job.</param>
/// <param name="target">The table it writes; a job of the same name that writes another has progress of its own.</param>
internal sealed class CheckpointTable(string tenant, string job, string target)
{
    /// <summary>Epochs that stay on record behind the last.</summary>
    public const int Kept = 32;

    private const string Create =
        """
        CREATE SCHEMA IF NOT EXISTS _millrace;
        CREATE TABLE IF NOT EXISTS _millrace.job (
            tenant text, job text, target text, token bigint NOT NULL, run text NOT NULL, taken_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant, job, target));
        CREATE TABLE IF NOT EXISTS _millrace.checkpoint (
            tenant text, job text, target text, epoch bigint, run text NOT NULL, rows bigint NOT NULL, bytes bigint NOT NULL,
            checkpoint json NOT NULL, committed_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (tenant, job, target, epoch),
            FOREIGN KEY (tenant, job, target) REFERENCES _millrace.job ON DELETE CASCADE);
        """;

    /// <summary>For messages.</summary>
    public static ErrorPlace Place { get; } = new() { Stream = "_millrace.checkpoint" };

    public async ValueTask<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand("SELECT pg_catalog.to_regclass('_millrace.checkpoint') IS NOT NULL", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    public async ValueTask EnsureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            return;
        }

        await DefinitionLock.RunAsync(connection, () => DefinitionLock.ApplyAsync(connection, Create, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>The epochs on record, the oldest first.</summary>
    public async ValueTask<List<CommittedEpoch>> ListAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var epochs = new List<CommittedEpoch>();
        if (!await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            return epochs;
        }

        using NpgsqlCommand command = Command("SELECT checkpoint::text, run, rows, bytes FROM _millrace.checkpoint WHERE tenant = $1 AND job = $2 AND target = $3 ORDER BY epoch", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            using JsonDocument document = JsonDocument.Parse(reader.GetString(0));
            var checkpoint = Checkpoint.FromJson(document.RootElement, Place);
            epochs.Add(new CommittedEpoch(checkpoint, reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), [target]));
        }

        return epochs;
    }

    /// <summary>
    /// The last checkpoint, or null. A commit that a dead run has sent may not have come to its end: the row of the job, which it
    /// locks, is waited for.
    /// </summary>
    public async ValueTask<Checkpoint?> RecoverAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            using NpgsqlCommand command = Command("SELECT FROM _millrace.job WHERE tenant = $1 AND job = $2 AND target = $3 FOR UPDATE", connection);
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        List<CommittedEpoch> epochs = await ListAsync(connection, cancellation).ConfigureAwait(false);
        return epochs.LastOrDefault()?.Checkpoint;
    }

    /// <summary>Makes a run the one that may commit, unless a later one came before it. Waits for a commit that is under way.</summary>
    public async ValueTask TakeAsync(NpgsqlConnection connection, long token, string run, CancellationToken cancellation)
    {
        using NpgsqlCommand command = Command(
            """
            INSERT INTO _millrace.job (tenant, job, target, token, run) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant, job, target) DO UPDATE SET token = excluded.token, run = excluded.run, taken_at = now() WHERE _millrace.job.token < excluded.token
            """,
            connection);
        command.Parameters.AddWithValue(token);
        command.Parameters.AddWithValue(run);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Inside the transaction of an epoch: fails when a later run took over, and keeps one from doing so before the end of the transaction.</summary>
    public async ValueTask GuardAsync(NpgsqlConnection connection, long token, CancellationToken cancellation)
    {
        using NpgsqlCommand command = Command(
            """
            UPDATE _millrace.job SET token = greatest(token, $4) WHERE tenant = $1 AND job = $2 AND target = $3 RETURNING token, run
            """,
            connection);
        command.Parameters.AddWithValue(token);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            throw ProgressErrors.Fenced.Error($"The job '{job}' was removed from _millrace.job while it ran.");
        }

        if (reader.GetInt64(0) != token)
        {
            throw ProgressErrors.Fenced.Error($"The run {reader.GetString(1)} took over {target}: its token is {reader.GetInt64(0)}, this run has {token}.");
        }
    }

    /// <summary>
    /// Inside the transaction of an epoch, behind <see cref="GuardAsync"/>: puts it on record and forgets the oldest. Fails when
    /// the epoch is there: its commit was under way when this run looked for the last one, and its rows would come twice.
    /// </summary>
    public async ValueTask AddAsync(NpgsqlConnection connection, Checkpoint checkpoint, string run, long rows, long bytes, CancellationToken cancellation)
    {
        await RequireNextAsync(connection, checkpoint.Epoch, cancellation).ConfigureAwait(false);
        using NpgsqlCommand command = Command(
            """
            WITH gone AS (DELETE FROM _millrace.checkpoint WHERE tenant = $1 AND job = $2 AND target = $3 AND epoch <= $4 - $9)
            INSERT INTO _millrace.checkpoint (tenant, job, target, epoch, run, rows, bytes, checkpoint) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::json)
            """,
            connection);
        command.Parameters.AddWithValue(checkpoint.Epoch);
        command.Parameters.AddWithValue(run);
        command.Parameters.AddWithValue(rows);
        command.Parameters.AddWithValue(bytes);
        command.Parameters.AddWithValue(checkpoint.ToJson().ToJsonString());
        command.Parameters.AddWithValue((long)Kept);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    // A statement of its own: it sees what was committed while the guard waited.
    private async ValueTask RequireNextAsync(NpgsqlConnection connection, long epoch, CancellationToken cancellation)
    {
        using NpgsqlCommand command = Command("SELECT epoch, run FROM _millrace.checkpoint WHERE tenant = $1 AND job = $2 AND target = $3 AND epoch >= $4 ORDER BY epoch DESC LIMIT 1", connection);
        command.Parameters.AddWithValue(epoch);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            throw PostgresErrors.Passing.Error(
                $"Epoch {reader.GetInt64(0)} of {target} was committed by the run {reader.GetString(1)} after this run had looked for the last one. Nothing was written.",
                hint: "The next attempt goes on behind it.");
        }
    }

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(job);
        command.Parameters.AddWithValue(target);
        return command;
    }
}
