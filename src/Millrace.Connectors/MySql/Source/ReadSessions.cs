using System.Threading.Channels;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The connections by which a table is read. InnoDB lets no transaction take another's snapshot, so where all rows are to be of
/// one moment several transactions begin at once and then compare how far the binary log stood when each took its snapshot
/// (MariaDB, "Enhancements for START TRANSACTION WITH CONSISTENT SNAPSHOT"). Nothing is locked. Where the server does not say,
/// or others write without a pause, one connection reads alone.
/// </summary>
internal sealed class ReadSessions : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly Channel<MySqlConnection> _idle = Channel.CreateUnbounded<MySqlConnection>();
    private readonly TableHold _hold;
    private readonly bool _isOfOneMoment;
    private int _open;

    private ReadSessions(MySqlServer server, TableHold hold, bool isOfOneMoment)
    {
        Server = server;
        _hold = hold;
        _isOfOneMoment = isOfOneMoment;
    }

    public MySqlServer Server { get; }

    /// <summary>How many splits can be read at once.</summary>
    public int Width { get; private set; }

    /// <summary>Place in the binary log of the moment that all see, as <c>file:place</c>; null where the server does not say.</summary>
    public string? Moment { get; private set; }

    /// <param name="server">The server.</param>
    /// <param name="hold">The table that stays as it is meanwhile.</param>
    /// <param name="wanted">Connections that could be used.</param>
    /// <param name="isOfOneMoment">Whether all rows are to be of one moment.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<ReadSessions> StartAsync(MySqlServer server, TableHold hold, int wanted, bool isOfOneMoment, CancellationToken cancellation)
    {
        var sessions = new ReadSessions(server, hold, isOfOneMoment) { Width = isOfOneMoment ? 1 : wanted };
        if (!isOfOneMoment)
        {
            return sessions;
        }

        var connections = new List<MySqlConnection>();
        try
        {
            do
            {
                connections.Add(await server.OpenAsync(cancellation).ConfigureAwait(false));
            }
            while (connections.Count < wanted && connections[0].IsMariaDb);

            bool agree = await AgreeAsync(connections, cancellation).ConfigureAwait(false);
            for (int i = connections.Count - 1; i > 0 && !agree; i--)
            {
                connections[i].Dispose();
                connections.RemoveAt(i);
            }

            sessions.Moment = await MomentAsync(connections[0], cancellation).ConfigureAwait(false);
            await Task.WhenAll(connections.Select(c => hold.TakeAsync(c, cancellation).AsTask())).ConfigureAwait(false);
        }
        catch
        {
            connections.ForEach(c => c.Dispose());
            throw;
        }

        sessions.Width = sessions._open = connections.Count;
        connections.ForEach(c => sessions._idle.Writer.TryWrite(c));
        return sessions;
    }

    /// <summary>A connection that sees the moment of the read, or one of its own; it goes back by <see cref="Return"/>.</summary>
    public async ValueTask<MySqlConnection> TakeAsync(CancellationToken cancellation)
    {
        if (!_isOfOneMoment)
        {
            MySqlConnection own = await Server.OpenAsync(cancellation).ConfigureAwait(false);
            try
            {
                await BeginAsync(own, cancellation).ConfigureAwait(false);
                await _hold.TakeAsync(own, cancellation).ConfigureAwait(false);
                return own;
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }

        if (Volatile.Read(ref _open) == 0)
        {
            // The moment went with the last connection that saw it. A reader that was given up leaves a later one.
            MySqlConnection next = await Server.OpenAsync(cancellation).ConfigureAwait(false);
            try
            {
                await BeginAsync(next, cancellation).ConfigureAwait(false);
                await _hold.TakeAsync(next, cancellation).ConfigureAwait(false);
                Interlocked.Increment(ref _open);
                return next;
            }
            catch
            {
                next.Dispose();
                throw;
            }
        }

        return await _idle.Reader.ReadAsync(cancellation).ConfigureAwait(false);
    }

    public void Return(MySqlConnection connection)
    {
        if (_isOfOneMoment && !connection.IsBroken && _idle.Writer.TryWrite(connection))
        {
            return;
        }

        connection.Dispose();
        Interlocked.Decrement(ref _open);
    }

    public ValueTask DisposeAsync()
    {
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out MySqlConnection? connection))
        {
            connection.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static async ValueTask BeginAsync(MySqlConnection connection, CancellationToken cancellation)
        => await connection.ExecuteAsync("ROLLBACK; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", cancellation).ConfigureAwait(false);

    // Whether all see one moment; at least the first has begun in any case.
    private static async ValueTask<bool> AgreeAsync(List<MySqlConnection> connections, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await Task.WhenAll(connections.Select(c => BeginAsync(c, cancellation).AsTask())).ConfigureAwait(false);
            if (connections.Count == 1)
            {
                return true;
            }

            string?[] moments = await Task.WhenAll(connections.Select(c => MomentAsync(c, cancellation).AsTask())).ConfigureAwait(false);
            if (moments[0] is null)
            {
                return false;
            }

            if (Array.TrueForAll(moments, m => m == moments[0]))
            {
                return true;
            }
        }

        return false;
    }

    // File and offset of the binary log; null where none is written.
    private static async ValueTask<string?> MomentAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        List<string?[]> rows = await connection.QueryAsync("SHOW STATUS LIKE 'binlog_snapshot_%'", cancellation).ConfigureAwait(false);
        string moment = string.Join(":", rows.Where(r => r[0]!.EndsWith("file", StringComparison.OrdinalIgnoreCase) || r[0]!.EndsWith("position", StringComparison.OrdinalIgnoreCase)).Select(r => r[1]));
        return moment.Length == 0 || moment.StartsWith(':') ? null : moment;
    }
}
