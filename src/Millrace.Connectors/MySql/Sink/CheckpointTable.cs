using System.Globalization;
using System.Text.Json;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Progress of jobs, kept in the database of their target table: <c>_millrace_job</c> has a row per job with the token of the run
/// that may commit, <c>_millrace_checkpoint</c> one for each of its last epochs. Rows and checkpoint are committed by one
/// transaction. A database of their own would need a right that few users have.
/// </summary>
/// <param name="tenant">Tenant of the job.</param>
/// <param name="job">The job.</param>
/// <param name="table">The table it writes; a job of the same name that writes another has progress of its own.</param>
internal sealed class CheckpointTable(string tenant, string job, TableName table)
{
    /// <summary>Epochs that stay on record behind the last.</summary>
    public const int Kept = 32;

    private const string Shape = "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

    private readonly string _jobs = $"{TableName.Quote(table.Database)}._millrace_job";
    private readonly string _checkpoints = $"{TableName.Quote(table.Database)}._millrace_checkpoint";
    private readonly string _where = $"tenant = {SqlText.Literal(tenant)} AND job = {SqlText.Literal(job)} AND target = {SqlText.Literal(table.Name)}";
    private readonly string _key = $"{SqlText.Literal(tenant)}, {SqlText.Literal(job)}, {SqlText.Literal(table.Name)}";

    // The last commit that this run knows of; null before it has asked.
    private (long Epoch, string Run)? _known;

    public async ValueTask<bool> ExistsAsync(MySqlConnection connection, CancellationToken cancellation)
        => await connection.ScalarAsync($"SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = {SqlText.Literal(table.Database)} AND TABLE_NAME = '_millrace_checkpoint'", cancellation).ConfigureAwait(false) is not null;

    public async ValueTask EnsureAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        if (!await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            const string key = "tenant varchar(64) NOT NULL, job varchar(255) NOT NULL, target varchar(64) NOT NULL";
            await connection.ExecuteAsync(
                $"""
                CREATE TABLE IF NOT EXISTS {_jobs} ({key}, token bigint NOT NULL, run varchar(255) NOT NULL, taken_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
                    PRIMARY KEY (tenant, job, target)) {Shape};
                CREATE TABLE IF NOT EXISTS {_checkpoints} ({key}, epoch bigint NOT NULL, run varchar(255) NOT NULL, `rows` bigint NOT NULL, bytes bigint NOT NULL,
                    checkpoint longtext NOT NULL, committed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (tenant, job, target, epoch)) {Shape}
                """,
                cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The epochs on record, the oldest first.</summary>
    public async ValueTask<List<CommittedEpoch>> ListAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        var epochs = new List<CommittedEpoch>();
        if (!await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            return epochs;
        }

        foreach (string?[] row in await connection.QueryAsync($"SELECT checkpoint, run, `rows`, bytes FROM {_checkpoints} WHERE {_where} ORDER BY epoch", cancellation).ConfigureAwait(false))
        {
            using JsonDocument document = JsonDocument.Parse(row[0]!);
            var checkpoint = Checkpoint.FromJson(document.RootElement, new ErrorPlace { Stream = "_millrace_checkpoint" });
            epochs.Add(new CommittedEpoch(checkpoint, row[1]!, Number(row[2]), Number(row[3]), [table.ToString()]));
        }

        return epochs;
    }

    /// <summary>
    /// The last checkpoint, or null. A commit that a dead run has sent may not have come to its end: the row of the job, which it
    /// locks, is waited for.
    /// </summary>
    public async ValueTask<Checkpoint?> RecoverAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, cancellation).ConfigureAwait(false))
        {
            await connection.ExecuteAsync($"SELECT 1 FROM {_jobs} WHERE {_where} FOR UPDATE", cancellation).ConfigureAwait(false);
        }

        List<CommittedEpoch> epochs = await ListAsync(connection, cancellation).ConfigureAwait(false);
        _known = epochs.Count == 0 ? (0, "") : (epochs[^1].Checkpoint.Epoch, epochs[^1].Run);
        return epochs.LastOrDefault()?.Checkpoint;
    }

    /// <summary>After <see cref="TakeAsync"/>: fails when another run has committed since <see cref="RecoverAsync"/>, so that this one would repeat its rows.</summary>
    public async ValueTask VerifyAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        if (_known is not { } known)
        {
            return;
        }

        List<CommittedEpoch> epochs = await ListAsync(connection, cancellation).ConfigureAwait(false);
        (long epoch, string run) = epochs.Count == 0 ? (0, "") : (epochs[^1].Checkpoint.Epoch, epochs[^1].Run);
        if ((epoch, run) != known)
        {
            throw MySqlErrors.Passing.Error($"The run {run} has committed epoch {epoch} of {table} while this one began.", new ErrorPlace { Stream = table.ToString() });
        }
    }

    /// <summary>After the commit of an epoch of this run.</summary>
    public void Committed(Checkpoint checkpoint, string run) => _known = (checkpoint.Epoch, run);

    /// <summary>Makes a run the one that may commit, unless a later one came before it. Waits for a commit that is under way.</summary>
    public ValueTask TakeAsync(MySqlConnection connection, long token, string run, CancellationToken cancellation)
        => connection.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO {_jobs} (tenant, job, target, token, run) VALUES ({_key}, {token}, {SqlText.Literal(run)})
                ON DUPLICATE KEY UPDATE run = IF(VALUES(token) > token, VALUES(run), run), taken_at = IF(VALUES(token) > token, CURRENT_TIMESTAMP, taken_at), token = GREATEST(token, VALUES(token))
                """),
            cancellation);

    /// <summary>Inside the transaction of an epoch: fails when a later run took over, and keeps one from doing so before the end of the transaction.</summary>
    public async ValueTask GuardAsync(MySqlConnection connection, long token, CancellationToken cancellation)
    {
        List<string?[]> rows = await connection.QueryAsync($"SELECT token, run FROM {_jobs} WHERE {_where} FOR UPDATE", cancellation).ConfigureAwait(false);
        if (rows is not [[{ } held, { } run]])
        {
            throw ProgressErrors.Fenced.Error($"The job '{job}' was removed from _millrace_job while it ran.");
        }

        if (Number(held) > token)
        {
            throw ProgressErrors.Fenced.Error($"The run {run} took over {table}: its token is {held}, this run has {token}.");
        }

        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE {_jobs} SET token = {token} WHERE {_where}"), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Inside the transaction of an epoch, behind <see cref="GuardAsync"/>: puts it on record and forgets the oldest. Fails when
    /// the epoch is there: its commit was under way when this run looked for the last one, and its rows would come twice.
    /// </summary>
    public async ValueTask AddAsync(MySqlConnection connection, Checkpoint checkpoint, string run, long rows, long bytes, CancellationToken cancellation)
    {
        // A locking read sees what was committed while the guard waited; the transaction's own snapshot may be older.
        List<string?[]> later = await connection.QueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"SELECT epoch, run FROM {_checkpoints} WHERE {_where} AND epoch >= {checkpoint.Epoch} ORDER BY epoch DESC LIMIT 1 FOR UPDATE"), cancellation).ConfigureAwait(false);
        if (later is [[{ } epoch, { } other]])
        {
            throw MySqlErrors.Passing.Error(
                $"Epoch {epoch} of {table} was committed by the run {other} after this run had looked for the last one. Nothing was written.",
                hint: "The next attempt goes on behind it.");
        }

        await connection.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                DELETE FROM {_checkpoints} WHERE {_where} AND epoch <= {checkpoint.Epoch - Kept};
                INSERT INTO {_checkpoints} (tenant, job, target, epoch, run, `rows`, bytes, checkpoint)
                VALUES ({_key}, {checkpoint.Epoch}, {SqlText.Literal(run)}, {rows}, {bytes}, {SqlText.Literal(checkpoint.ToJson().ToJsonString())})
                """),
            cancellation).ConfigureAwait(false);
    }

    private static long Number(string? text) => long.Parse(text!, CultureInfo.InvariantCulture);
}
