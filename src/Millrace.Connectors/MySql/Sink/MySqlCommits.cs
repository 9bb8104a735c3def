using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>The commits of a job as its database holds them.</summary>
internal sealed class MySqlCommits(MySqlServer server, CheckpointTable checkpoints) : ICheckpointLog
{
    /// <summary>Rows of an epoch are rows of the table like any other.</summary>
    public bool TakesBackRows => false;

    public ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation)
        => WithAsync(async c => (IReadOnlyList<CommittedEpoch>)await checkpoints.ListAsync(c, cancellation).ConfigureAwait(false), cancellation);

    public async ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation)
    {
        const string run = "state";
        await WithAsync(
            async connection =>
            {
                await WriteSession.PrepareAsync(connection, cancellation).ConfigureAwait(false);
                await checkpoints.EnsureAsync(connection, cancellation).ConfigureAwait(false);
                await connection.ExecuteAsync("START TRANSACTION", cancellation).ConfigureAwait(false);
                await checkpoints.TakeAsync(connection, next.FencingToken, run, cancellation).ConfigureAwait(false);
                await checkpoints.GuardAsync(connection, next.FencingToken, cancellation).ConfigureAwait(false);
                await checkpoints.AddAsync(connection, next, run, 0, 0, cancellation).ConfigureAwait(false);
                await connection.ExecuteAsync("COMMIT", cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation).ConfigureAwait(false);
    }

    private async ValueTask<T> WithAsync<T>(Func<MySqlConnection, ValueTask<T>> work, CancellationToken cancellation)
    {
        using MySqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await work(connection).ConfigureAwait(false);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnStatement(e, server, new ErrorPlace { Stream = "_millrace_checkpoint" });
        }
    }
}
