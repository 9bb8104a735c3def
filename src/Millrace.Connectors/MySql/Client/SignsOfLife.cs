using System.Net.Sockets;

namespace Millrace.Connectors.MySql;

/// <summary>Lets the system ask the other end of a silent connection whether it is still there. The library does as well, at the system's own time, which is hours.</summary>
internal static class SignsOfLife
{
    /// <param name="descriptor">The socket, which stays the library's.</param>
    /// <param name="after">Silence after which it is asked; a third of it lies between the questions.</param>
    public static void Ask(nint descriptor, TimeSpan after)
    {
        // Neither may be disposed of nor finalized: that would shut the connection down.
        var handle = new SafeSocketHandle(descriptor, ownsHandle: false);
        GC.SuppressFinalize(handle);
        try
        {
            var socket = new Socket(handle);
            GC.SuppressFinalize(socket);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(after));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(after / 3));
        }
        catch (SocketException)
        {
            // The limit on silence holds without.
        }
    }

    // What Linux takes at most.
    private static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, 32_767);
}
