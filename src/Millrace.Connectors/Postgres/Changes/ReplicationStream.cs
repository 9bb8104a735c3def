using System.Net.Sockets;
using Npgsql.Replication;
using Npgsql.Replication.Internal;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The messages of a replication slot, one by one, as they come over a connection of their own. One thread reads at a time;
/// confirming is open to all. Npgsql answers the server's questions for a sign of life by itself.
/// </summary>
internal sealed class ReplicationStream : ILogMessages, IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly ReplicationLink _link;
    private readonly IAsyncEnumerator<XLogDataMessage> _messages;
    private readonly CancellationTokenSource _stop = new();
    private readonly ReadLimit _limit = new();
    private Task<bool>? _pending;
    private ulong _confirmed;
    private ulong _endOfLog;
    private bool _isSilent;

    private ReplicationStream(PostgresServer server, ReplicationLink link, string slot, string publication, ulong from)
    {
        _server = server;
        _link = link;
        _confirmed = from;
        Dictionary<string, string?> options = new(StringComparer.Ordinal)
        {
            ["proto_version"] = "1",
            ["publication_names"] = TableName.Quote(publication),
            ["binary"] = "true",
        };
        link.Connection.SetReplicationStatus(new NpgsqlLogSequenceNumber(from));
        _messages = link.Connection
            .StartLogicalReplication(new PgOutputSlot(slot), _stop.Token, new NpgsqlLogSequenceNumber(from), options)
            .GetAsyncEnumerator(CancellationToken.None);
    }

    public ulong Received => (ulong)_link.Connection.LastReceivedLsn;

    /// <summary>The end of the log as the server told with its last message; 0 before the first.</summary>
    public ulong EndOfLog => Volatile.Read(ref _endOfLog);

    /// <summary>The last place that the server was told to be done with.</summary>
    public ulong Confirmed => Volatile.Read(ref _confirmed);

    /// <param name="server">The server.</param>
    /// <param name="link">The connection, which belongs to the stream from now on.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="from">Transactions committed before this place are left out.</param>
    public static ReplicationStream Start(PostgresServer server, ReplicationLink link, string slot, string publication, ulong from)
        => new(server, link, slot, publication, from);

    public int Length => checked((int)_messages.Current.Data.Length);

    public bool MoveNext()
    {
        if (_pending is { } pending)
        {
            if (!pending.IsCompleted)
            {
                return false;
            }

            _pending = null;
            return Found(pending);
        }

        ValueTask<bool> next = _messages.MoveNextAsync();
        if (next.IsCompletedSuccessfully)
        {
            return Found(next.Result);
        }

        Task<bool> task = next.AsTask();
        if (task.IsCompleted)
        {
            return Found(task);
        }

        _pending = task;
        return false;
    }

    public bool IsWaiting => _pending is { IsCompleted: false };

    public async ValueTask CopyToAsync(Memory<byte> room, CancellationToken cancellation)
    {
        Stream data = _messages.Current.Data;
        for (int read = 0; read < room.Length;)
        {
            ValueTask<int> next = data.ReadAsync(room[read..], _limit.Token);
            int more = next.IsCompletedSuccessfully ? next.Result : await WithinLimitAsync(next, cancellation).ConfigureAwait(false);
            if (more == 0)
            {
                throw ChangeErrors.BrokenStream.Error($"A message of {room.Length} bytes ends after {read}.");
            }

            read += more;
        }
    }

    public async ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation)
    {
        if (_pending is { IsCompleted: false } pending)
        {
            await ((Task)pending).WaitAsync(time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Tells the server that it may forget what lies before a place.</summary>
    public async ValueTask ConfirmAsync(ulong place, CancellationToken cancellation)
    {
        ulong before = Confirmed;
        while (place > before)
        {
            ulong seen = Interlocked.CompareExchange(ref _confirmed, place, before);
            if (seen == before)
            {
                _link.Connection.SetReplicationStatus(new NpgsqlLogSequenceNumber(place));
                break;
            }

            before = seen;
        }

        try
        {
            await _link.Connection.SendStatusUpdate(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfDriver(e))
        {
            // It has not begun to stream, or has ended; whoever reads will hear of that.
        }
    }

    /// <summary>Whether the driver or the way to the server is at fault. The driver falls over a connection that it has closed itself meanwhile.</summary>
    public static bool IsOfDriver(Exception error) => PostgresFaults.IsOfEnding(error) || error is SocketException or TimeoutException or ObjectDisposedException or NullReferenceException { Source: "Npgsql" };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            if (_pending is { } pending)
            {
                // The server is told, and has to answer.
                await ((Task)pending).WaitAsync(PostgresServer.MostForEnding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _isSilent |= !pending.IsCompleted || (pending.Exception is { } error && Silence.Ended(error));
            }

            if (!_isSilent)
            {
                await _messages.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsOfDriver(e))
        {
            // The connection is given up either way.
        }

        await _link.CloseAsync(_isSilent).ConfigureAwait(false);
        _stop.Dispose();
        _limit.Dispose();
    }

    // The client library limits no silence within a message.
    private async ValueTask<int> WithinLimitAsync(ValueTask<int> next, CancellationToken cancellation)
    {
        _limit.Begin(_server.Silence.Streaming, cancellation);
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (Exception e) when (_limit.Token.IsCancellationRequested && IsOfDriver(e))
        {
            // The connection is lost either way.
            _isSilent = true;
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException("The server has fallen silent in the middle of a message.", e);
        }
        finally
        {
            await _limit.EndAsync().ConfigureAwait(false);
        }
    }

    private bool Found(Task<bool> ended)
    {
        _isSilent = ended.Exception is { } error && Silence.Ended(error);
        return Found(ended.GetAwaiter().GetResult());
    }

    private bool Found(bool found)
    {
        if (!found)
        {
            throw PostgresErrors.Unreachable.Error($"{_server.Host}: the server has ended the stream of changes.");
        }

        Volatile.Write(ref _endOfLog, (ulong)_messages.Current.WalEnd);
        return true;
    }

    private sealed class PgOutputSlot(string name) : LogicalReplicationSlot("pgoutput", new ReplicationSlotOptions(name));
}
