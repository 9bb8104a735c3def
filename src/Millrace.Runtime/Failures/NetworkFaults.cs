using System.Net;
using System.Net.Sockets;

namespace Millrace.Runtime;

/// <summary>Classes of what sockets and HTTP clients throw.</summary>
internal static class NetworkFaults
{
    /// <summary>The class; null for an exception that is not of the network.</summary>
    public static ErrorClass? Classify(Exception error, int depth) => error switch
    {
        SocketException e => OfSocket(e.SocketErrorCode),
        HttpRequestException { StatusCode: { } status } => OfStatus(status),
        HttpRequestException e => OfRequest(e.HttpRequestError, e.InnerException, depth),
        HttpIOException e => OfRequest(e.HttpRequestError, e.InnerException, depth),
        _ => null,
    };

    /// <summary>RFC 9110: these say that the server, or something before it, could not do its part now.</summary>
    public static ErrorClass OfStatus(HttpStatusCode status) => (int)status switch
    {
        408 or 425 or 429 or 500 or 502 or 503 or 504 => ErrorClass.Retryable,
        _ => ErrorClass.Permanent,
    };

    private static ErrorClass OfSocket(SocketError error) => error switch
    {
        // A refused connection is a server that restarts, far more often than one that will never be there.
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.TimedOut
            or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.NetworkReset
            or SocketError.HostDown or SocketError.Disconnecting or SocketError.Shutdown or SocketError.NotConnected
            or SocketError.TryAgain or SocketError.NoBufferSpaceAvailable or SocketError.TooManyOpenSockets
            or SocketError.Interrupted or SocketError.WouldBlock or SocketError.SystemNotReady => ErrorClass.Retryable,
        // HostNotFound among them: the name server answered, and the answer is no.
        _ => ErrorClass.Permanent,
    };

    private static ErrorClass OfRequest(HttpRequestError kind, Exception? cause, int depth) => (kind, cause) switch
    {
        // What broke the connection knows better than the layer that noticed.
        (_, SocketException or IOException or TimeoutException) => ErrorClassifier.Classify(cause!, depth + 1),
        (HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError
            or HttpRequestError.ProxyTunnelError, _) => ErrorClass.Retryable,
        _ => ErrorClass.Permanent,
    };
}
