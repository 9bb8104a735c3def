using System.Net.Sockets;

namespace Millrace.TestKit;

/// <summary>A connection over a <see cref="RoughWire"/>, with the client at one end and the server at the other. Both pumps use it.</summary>
internal sealed class RoughConnection(TcpClient client, TcpClient server) : IDisposable
{
    private volatile bool _isStalled;
    private volatile bool _isArmed;

    public TcpClient Client => client;

    public TcpClient Server => server;

    public bool IsStalled => _isStalled;

    /// <summary>Whether a piece that has come is one that the fault is meant for. It has not been passed on.</summary>
    /// <param name="fault">The fault; null for none.</param>
    /// <param name="direction">Where the piece goes.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="passed">Bytes of the connection in this direction, those of the piece among them.</param>
    public bool Reached(WireFault? fault, WireDirection direction, ReadOnlySpan<byte> piece, long passed)
    {
        if (fault is null)
        {
            return false;
        }

        if (direction == WireDirection.Answer && _isArmed)
        {
            return true;
        }

        bool isHere = fault.Request is { } request
            ? direction == WireDirection.Request && passed > fault.AfterBytes && piece.IndexOf(request.Span) >= 0
            : direction == fault.Direction && passed > fault.AfterBytes;
        if (isHere && fault.Request is not null && fault.Direction == WireDirection.Answer)
        {
            // The server is asked, and what it then says is lost.
            _isArmed = true;
            return false;
        }

        return isHere;
    }

    public void Strike(WireEnd end)
    {
        if (end == WireEnd.Stall)
        {
            _isStalled = true;
            return;
        }

        // Both ends are reset.
        client.LingerState = new LingerOption(true, 0);
        server.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }
}
