using System.Net;

namespace Millrace.Storage;

/// <summary>
/// Sends requests to the API of a cloud. What fails for the moment is tried again, each time as a new request with a new
/// signature. Any thread may call.
/// </summary>
/// <param name="retries">How often a request is tried again.</param>
/// <param name="timeout">How long one attempt may take.</param>
public sealed class CloudHttp(int retries, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AllowAutoRedirect = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request until it is answered, whatever the answer.</summary>
    /// <param name="make">Makes the request, once for every attempt.</param>
    /// <param name="cancellation">Stops the attempts.</param>
    /// <param name="repeats">
    /// Whether the request may be sent again when it may have taken effect; if not, only one that the server has turned away for its rate is.
    /// </param>
    public async Task<HttpResponseMessage> SendAsync(Func<ValueTask<HttpRequestMessage>> make, CancellationToken cancellation, bool repeats = true)
    {
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan? asked = null;
            using (HttpRequestMessage request = await make().ConfigureAwait(false))
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(timeout);
                try
                {
                    HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
                    if (!(repeats ? IsTransient(response.StatusCode) : response.StatusCode == HttpStatusCode.TooManyRequests) || attempt >= retries)
                    {
                        return response;
                    }

                    asked = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - TimeProvider.System.GetUtcNow() : null;
                    response.Dispose();
                }
                catch (Exception e) when (repeats && IsNetworkFault(e, cancellation) && attempt < retries)
                {
                }
            }

            await RetryPause.WaitAsync(attempt, asked, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Fills the target from an object, going on where an answer has broken off.</summary>
    /// <param name="target">Memory to fill.</param>
    /// <param name="open">Asks for the bytes from a number of them on; throws what is not to be tried again.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask ReadAsync(Memory<byte> target, Func<int, Task<HttpResponseMessage>> open, CancellationToken cancellation)
    {
        int done = 0;
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage response = await open(done).ConfigureAwait(false);
            try
            {
                Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    while (done < target.Length)
                    {
                        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                        patience.CancelAfter(timeout);
                        int read = await stream.ReadAsync(target[done..], patience.Token).ConfigureAwait(false);
                        done += read > 0 ? read : throw new EndOfStreamException("The answer ended too early.");
                    }

                    return;
                }
            }
            catch (Exception e) when (IsNetworkFault(e, cancellation) && attempt < retries)
            {
                await RetryPause.WaitAsync(attempt, null, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether an exception comes from the network.</summary>
    public static bool IsNetworkFault(Exception e, CancellationToken cancellation)
        => e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    public void Dispose() => _client.Dispose();

    private static bool IsTransient(HttpStatusCode status)
        => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
