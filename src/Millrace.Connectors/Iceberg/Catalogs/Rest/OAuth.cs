using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tokens of a token server: fetched with client credentials, or exchanged for one that was given (RFC 6749, section 4.4; RFC 8693). They
/// are renewed before they end. Any thread may call.
/// </summary>
internal sealed class OAuth(RestCatalogOptions options, Uri server, CloudHttp http, string remote, TimeProvider time) : IRestAuth, IDisposable
{
    private const int MaxAnswer = 1 << 20;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _token = options.Token;
    private DateTimeOffset _renewAt = DateTimeOffset.MaxValue;

    public async ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation)
        => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(null, cancellation).ConfigureAwait(false));

    public async ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellation)
    {
        await TokenAsync(refused.Headers.Authorization?.Parameter, cancellation).ConfigureAwait(false);
        return true;
    }

    public void Dispose() => _one.Dispose();

    // Of several that find the token of no use the first renews it.
    private async ValueTask<string> TokenAsync(string? refused, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_token is not null && _token != refused && time.GetUtcNow() < _renewAt)
            {
                return _token;
            }

            (string token, TimeSpan? life) = await FetchAsync(cancellation).ConfigureAwait(false);
            _token = token;
            _renewAt = life is { } known ? time.GetUtcNow() + known - TimeSpan.FromTicks(Math.Min(Margin.Ticks, known.Ticks / 4)) : DateTimeOffset.MaxValue;
            return token;
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask<(string Token, TimeSpan? Life)> FetchAsync(CancellationToken cancellation)
    {
        var form = new List<KeyValuePair<string, string>>();
        if (options.Credential is { } credential)
        {
            // Without a colon all of it is the secret.
            int colon = credential.IndexOf(':', StringComparison.Ordinal);
            form.Add(new("grant_type", "client_credentials"));
            if (colon >= 0)
            {
                form.Add(new("client_id", credential[..colon]));
            }

            form.Add(new("client_secret", credential[(colon + 1)..]));
        }
        else
        {
            form.Add(new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"));
            form.Add(new("subject_token", _token!));
            form.Add(new("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"));
        }

        form.Add(new("scope", options.Scope));
        Add(form, "audience", options.Audience);
        Add(form, "resource", options.Resource);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(() => ValueTask.FromResult(new HttpRequestMessage(HttpMethod.Post, server) { Content = new FormUrlEncodedContent(form) }), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation))
        {
            throw CatalogErrors.Down(server.GetLeftPart(UriPartial.Path), remote, RestAnswer.Innermost(e), e);
        }

        using (response)
        {
            byte[] body = await RestAnswer.ReadAsync(response, MaxAnswer, server.Authority, cancellation).ConfigureAwait(false);
            return Read(response.StatusCode, body);
        }
    }

    private (string Token, TimeSpan? Life) Read(HttpStatusCode status, byte[] body)
    {
        string address = server.GetLeftPart(UriPartial.Path);
        if (status is not HttpStatusCode.OK)
        {
            string said = RestAnswer.Shown(Error(body) ?? Encoding.UTF8.GetString(body));
            throw (int)status >= 500
                ? CatalogErrors.Down(address, remote, $"{(int)status} {said}")
                : new MillraceException(CatalogErrors.Unauthorized, $"The token server at {address} gives no token: {(int)status} {said}", null, "Check credential, scope and oauth2_server_uri.") { Remote = remote };
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            JsonElement root = json.RootElement;
            string token = root.GetProperty("access_token").GetString() is { Length: > 0 } text && text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : throw new FormatException();
            TimeSpan? life = root.TryGetProperty("expires_in", out JsonElement seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.GetDouble() is > 0 and < 1e9 and var known
                ? TimeSpan.FromSeconds(known)
                : null;
            return (token, life);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw CatalogErrors.BadAnswer.Error($"The answer of the token server at {address} holds no access_token.", hint: "Check oauth2_server_uri.");
        }
    }

    // RFC 6749, section 5.2.
    private static string? Error(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return string.Join(": ", new[] { "error", "error_description" }
                .Select(n => json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(n, out JsonElement e) && e.ValueKind == JsonValueKind.String ? e.GetString() : null)
                .Where(t => t is not null)) is { Length: > 0 } said ? said : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Add(List<KeyValuePair<string, string>> form, string name, string? value)
    {
        if (value is not null)
        {
            form.Add(new(name, value));
        }
    }
}
