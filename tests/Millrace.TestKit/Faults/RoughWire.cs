using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Millrace.TestKit;

/// <summary>
/// A bad way to a server on this machine: slow in both directions, and with one fault, which befalls the first connection that
/// comes to it. What <see cref="FaultyWire"/> does at any step is done here at a chosen place of what is sent.
/// </summary>
public sealed class RoughWire : IDisposable
{
    private const int PieceBytes = 16 << 10;

    // Else what the sender takes for sent would wait in the system's memory, megabytes of it.
    private const int BufferBytes = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<RoughConnection, byte> _open = new();
    private readonly int _server;
    private readonly Task _accepting;
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WireFault? _fault;

    /// <param name="server">Port of the server.</param>
    public RoughWire(int server)
    {
        _server = server;
        _listener.Server.ReceiveBufferSize = BufferBytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Port to connect to in place of the server's.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>In each direction of a connection; 0 for any number.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>How much later a piece arrives.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>What is still to go wrong; null once it has.</summary>
    public WireFault? Fault
    {
        get => Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, value);
    }

    /// <summary>Ends when the first fault has befallen a connection.</summary>
    public Task Struck => _struck.Task;

    public void Dispose()
    {
        _closed.Cancel();
        _listener.Stop();
        foreach (RoughConnection connection in _open.Keys)
        {
            connection.Dispose();
        }

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
                _ = CarryAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var connection = new RoughConnection(client, new TcpClient { NoDelay = true, SendBufferSize = BufferBytes });
        _open[connection] = 0;
        try
        {
            await connection.Server.ConnectAsync(IPAddress.Loopback, _server, _closed.Token);
            await await Task.WhenAny(PumpAsync(connection, WireDirection.Request), PumpAsync(connection, WireDirection.Answer));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, by the fault or by either end; whoever uses the connection finds out.
        }

        _open.TryRemove(connection, out _);
    }

    private async Task PumpAsync(RoughConnection connection, WireDirection direction)
    {
        (TcpClient from, TcpClient to) = direction == WireDirection.Request ? (connection.Client, connection.Server) : (connection.Server, connection.Client);
        byte[] piece = new byte[PieceBytes];
        long passed = 0;
        long start = Stopwatch.GetTimestamp();
        int length;
        while ((length = await from.GetStream().ReadAsync(piece, _closed.Token)) > 0)
        {
            if (Latency > TimeSpan.Zero)
            {
                await Task.Delay(Latency, _closed.Token);
            }

            passed += length;
            if (connection.Reached(Fault, direction, piece.AsSpan(0, length), passed) && Interlocked.Exchange(ref _fault, null) is { } fault)
            {
                connection.Strike(fault.End);
                _struck.TrySetResult();
            }

            if (connection.IsStalled)
            {
                // Neither end is told anything from here on, not even that the other one has gone.
                await Task.Delay(Timeout.Infinite, _closed.Token);
            }

            await to.GetStream().WriteAsync(piece.AsMemory(0, length), _closed.Token);
            if (BytesPerSecond > 0 && TimeSpan.FromSeconds((double)passed / BytesPerSecond) - Stopwatch.GetElapsedTime(start) is var early && early > TimeSpan.Zero)
            {
                await Task.Delay(early, _closed.Token);
            }
        }

        if (connection.IsStalled)
        {
            await Task.Delay(Timeout.Infinite, _closed.Token);
        }
    }
}
