using System.Net;
using System.Net.Sockets;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

public sealed class SignsOfLifeTests
{
    [Fact]
    public void A_connection_is_asked_whether_it_is_there_and_stays_open()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using Socket server = listener.AcceptSocket();

        SignsOfLife.Ask(client.Client.Handle, TimeSpan.FromSeconds(30));

        Assert.Equal(30, client.Client.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(10, client.Client.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(1, client.Client.Send([7]));
        Assert.Equal(1, server.Receive(new byte[1]));
    }

    [Fact]
    public void What_cannot_be_asked_is_left_as_it_is()
    {
        using var folder = new TempFolder();
        using FileStream file = File.Create(folder["no-socket"]);
        SignsOfLife.Ask(file.SafeFileHandle.DangerousGetHandle(), TimeSpan.FromSeconds(30));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        file.WriteByte(1);
        file.Flush();
    }
}
