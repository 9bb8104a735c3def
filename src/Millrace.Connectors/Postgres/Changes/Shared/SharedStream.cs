using System.Buffers;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The stream of a slot that several tables share: one connection, and one task that hands its messages on. It is begun by the
/// first table that reads, and again further back for one that needs what is past. Calls come one at a time, but for those of
/// <see cref="ConfirmAsync"/>.
/// </summary>
internal sealed class SharedStream(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, ErrorPlace place, FeedRouter router) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly SlotGuard _guard = new(server, context, place);
    private ReplicationStream? _stream;
    private SlotWatch? _watch;
    private CancellationTokenSource? _stop;
    private Task _pump = Task.CompletedTask;
    private string _slot = "";
    private volatile bool _isRunning;

    /// <summary>Whether messages come.</summary>
    public bool IsRunning => _isRunning;

    public ulong EndOfLog => Math.Max(_stream?.EndOfLog ?? 0, _watch?.EndOfLog ?? 0);

    public void ThrowIfFailed() => _watch?.ThrowIfFailed();

    /// <summary>
    /// Begins where no table lacks anything; messages that feeds have already they do not get again. If it cannot, whoever reads hears of it.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="link">The connection by which the slot was made, if it lives no longer than that; else null.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask StartAsync(string slot, string publication, ReplicationLink? link, CancellationToken cancellation)
    {
        await StopAsync().ConfigureAwait(false);
        _slot = slot;
        try
        {
            await BeginAsync(publication, link, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The stream that the others were reading has ended for this one.
            router.Fail(e is MillraceException ? e : ChangeFaults.OnStream(e, server, slot, place));
            throw;
        }
    }

    /// <summary>Lets the server forget what no table needs any more.</summary>
    public async ValueTask ConfirmAsync(CancellationToken cancellation)
    {
        if (_stream is { } stream && router.Least() is { } least && least > stream.Confirmed)
        {
            await stream.ConfirmAsync(least, cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async ValueTask BeginAsync(string publication, ReplicationLink? link, CancellationToken cancellation)
    {
        ulong from = router.Least() ?? 0;
        if (link is null)
        {
            SlotInfo info = await server.AskAsync(connection => _guard.RequireFreeAsync(connection, _slot, from, cancellation), place, cancellation).ConfigureAwait(false);
            from = Math.Max(from, info.Confirmed);
            link = await ReplicationLink.OpenAsync(server, options.Heartbeat, cancellation).ConfigureAwait(false);
        }

        router.Restart(from);
        _stream = ReplicationStream.Start(server, link, _slot, publication, from);
        _stop = new CancellationTokenSource();
        _isRunning = true;
        _pump = PumpAsync(_stream, _stop.Token);
        _watch = new SlotWatch(server, _slot, options, context, place, ConfirmAsync);
    }

    private async ValueTask StopAsync()
    {
        if (_watch is { } watch)
        {
            _watch = null;
            await watch.DisposeAsync().ConfigureAwait(false);
        }

        if (_stop is { } stop)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
            _stop = null;
        }

        _isRunning = false;
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(ReplicationStream stream, CancellationToken stop)
    {
        // Off the thread of the table that begins it.
        await Task.Yield();
        byte[] room = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (!stream.MoveNext())
                {
                    // In this order: a message that is there by now lies behind the place.
                    ulong received = stream.Received;
                    if (stream.IsWaiting)
                    {
                        router.ReceivedUpTo(received);
                        await stream.WaitAsync(Look, stop).ConfigureAwait(false);
                    }

                    continue;
                }

                int length = stream.Length;
                if (length > room.Length)
                {
                    ArrayPool<byte>.Shared.Return(room);
                    room = [];
                    room = ArrayPool<byte>.Shared.Rent(length);
                }

                await stream.CopyToAsync(room.AsMemory(0, length), stop).ConfigureAwait(false);
                router.Take(room.AsSpan(0, length));
                await router.Room.WaitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // It is begun anew elsewhere, or not needed any more.
        }
        catch (Exception e)
        {
            _isRunning = false;
            router.Fail(e is MillraceException ? e : ChangeFaults.OnStream(e, server, _slot, place));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }
}
