using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The moment as of which all tables of a run are read. Every table is locked against being changed in its shape, or emptied,
/// before the snapshot is taken, since a snapshot does not keep what such statements take away.
/// </summary>
/// <param name="server">The server; it is given up with the snapshot.</param>
/// <param name="streams">Names of the tables.</param>
internal sealed class SharedSnapshot(PostgresServer server, IReadOnlyList<string> streams) : IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private ExportedSnapshot? _snapshot;

    /// <summary>The snapshot for one table. It is taken by the first that asks, and again when the server has lost it.</summary>
    public async ValueTask<ExportedSnapshot> BorrowAsync(ConnectorContext context, CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_snapshot is { IsOpen: false } lost)
            {
                context.Note("the server has lost the moment as of which all tables were read; this one, and those that follow, are read as of a later one");
                _snapshot = null;
                await lost.DisposeAsync().ConfigureAwait(false);
            }

            _snapshot ??= await ExportedSnapshot.TakeAsync(server, [.. streams.Select(s => TableName.Parse(s).Sql)], cancellation).ConfigureAwait(false);
            return _snapshot.Share();
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, server, null);
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_snapshot is { } snapshot)
        {
            await snapshot.DisposeAsync().ConfigureAwait(false);
        }

        _lock.Dispose();
        await server.DisposeAsync().ConfigureAwait(false);
    }
}
