using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Scenarios.Observing;

/// <summary>A collector for OTLP over HTTP with protobuf, which keeps what it is sent.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, string? ContentType, ProtoMessage Body)> _requests = new();
    private readonly Task _loop;

    public OtlpReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = ReceiveAsync();
    }

    public string Url { get; }

    public IReadOnlyList<(string Path, string? ContentType, ProtoMessage Body)> Requests => [.. _requests];

    /// <summary>The metrics, each with its data points; the last export of each wins, since values are cumulative.</summary>
    public IReadOnlyDictionary<string, ProtoMessage> Metrics
        => Sent("/v1/metrics").SelectMany(scope => scope.Messages(2)).GroupBy(m => m.Text(1)).ToDictionary(g => g.Key, g => g.Last());

    public IReadOnlyList<ProtoMessage> Spans => [.. Sent("/v1/traces").SelectMany(scope => scope.Messages(2))];

    public IReadOnlyList<ProtoMessage> Logs => [.. Sent("/v1/logs").SelectMany(scope => scope.Messages(2))];

    /// <summary>Attributes of the resource that everything is sent for.</summary>
    public IReadOnlyDictionary<string, object> Resource(string path)
        => Requests.First(r => r.Path == path).Body.Messages(1)[0].Messages(1)[0].Attributes(1);

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait();
    }

    // Request { 1: resource { 2: scope { 2: metric, span or log record } } } in all three signals.
    private IEnumerable<ProtoMessage> Sent(string path)
        => Requests.Where(r => r.Path == path).SelectMany(r => r.Body.Messages(1)).SelectMany(resource => resource.Messages(2));

    private async Task ReceiveAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.ContentType, ProtoMessage.Parse(body.ToArray())));
                context.Response.StatusCode = 200;
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
