using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Millrace.TestKit;

/// <summary>
/// The way to a server on this machine, with a step of a <see cref="FaultPlan"/> before each piece of bytes that goes either way.
/// A fault before a request leaves it undone; one before an answer leaves it done and nobody told. A failing step cuts the
/// connection, the death of the process cuts all of them. So what a client of its own protocol meets are a network's faults.
/// </summary>
public sealed class FaultyWire : IDisposable
{
    private const int PieceBytes = 1 << 16;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<TcpClient, FaultPlan> _open = new();
    private readonly int _server;
    private readonly Task _accepting;
    private volatile FaultPlan _plan = FaultPlan.None();

    /// <param name="server">Port of the server.</param>
    public FaultyWire(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Port to connect to in place of the server's.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From here on connections follow another plan; those of a process that is dead are cut.</summary>
    public void Begin(FaultPlan plan)
    {
        CutAll(static p => p.Crashed);
        _plan = plan;
    }

    public void Dispose()
    {
        _closed.Cancel();
        _listener.Stop();
        CutAll(static _ => true);
        _accepting.Wait();
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_closed.Token);
                _ = CarryAsync(client, _plan);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task CarryAsync(TcpClient client, FaultPlan plan)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            _open[client] = plan;
            _open[server] = plan;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _closed.Token);
                Task requests = PumpAsync(client.GetStream(), server.GetStream(), plan, "before a request");
                Task answers = PumpAsync(server.GetStream(), client.GetStream(), plan, "before an answer");
                await await Task.WhenAny(requests, answers);
            }
            catch (CrashException)
            {
                CutAll(p => p == plan);
            }
            catch (Exception)
            {
                // Cut, by a fault or by either end; whoever uses the connection finds out.
            }

            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, FaultPlan plan, string what)
    {
        byte[] piece = new byte[PieceBytes];
        int length;
        while ((length = await from.ReadAsync(piece)) > 0)
        {
            await plan.StepAsync(what, CancellationToken.None);
            await to.WriteAsync(piece.AsMemory(0, length));
        }
    }

    private void CutAll(Func<FaultPlan, bool> which)
    {
        foreach ((TcpClient connection, FaultPlan plan) in _open)
        {
            if (which(plan))
            {
                connection.Dispose();
            }
        }
    }
}
