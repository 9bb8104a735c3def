using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>The commits of a job as its database holds them.</summary>
internal sealed class PostgresCommits(PostgresServer server, CheckpointTable checkpoints) : ICheckpointLog
{
    /// <summary>Rows of an epoch are rows of the table like any other.</summary>
    public bool TakesBackRows => false;

    public async ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation)
        => await server.AskAsync(connection => checkpoints.ListAsync(connection, cancellation), CheckpointTable.Place, cancellation).ConfigureAwait(false);

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
        => await server.AskAsync(connection => AmendAsync(connection, next, cancellation), CheckpointTable.Place, cancellation).ConfigureAwait(false);

    private async ValueTask<bool> AmendAsync(NpgsqlConnection connection, Checkpoint next, CancellationToken cancellation)
    {
        const string run = "state";
        await checkpoints.EnsureAsync(connection, cancellation).ConfigureAwait(false);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await checkpoints.TakeAsync(connection, next.FencingToken, run, cancellation).ConfigureAwait(false);
        await checkpoints.GuardAsync(connection, next.FencingToken, cancellation).ConfigureAwait(false);
        await checkpoints.AddAsync(connection, next, run, 0, 0, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return true;
    }
}
