using System.Net.Http.Headers;
using System.Text.Json;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Sends requests to a catalog and turns answers into values or errors. Any thread may call.</summary>
internal sealed class RestClient : IDisposable
{
    private readonly RestCatalogOptions _options;
    private readonly CloudHttp _http;
    private readonly IRestAuth _auth;

    public RestClient(RestCatalogOptions options, TimeProvider time)
    {
        _options = options;
        Base = Trimmed(AddressOf(options.Uri, "uri"));
        _http = new CloudHttp(options.Retries, options.Timeout);
        _auth = (options.Sigv4, options.Credential, options.Token) switch
        {
            ({ } signing, null, null) => new SignatureAuth(signing, time),
            (null, null, null) => new NoAuth(),
            (null, null, { } token) when options.Oauth2ServerUri is null => new TokenAuth(token),
            (null, null, _) or (null, _, null) => new OAuth(options, new Uri(options.Oauth2ServerUri is { } server ? AddressOf(server, "oauth2_server_uri") : $"{Base}/v1/oauth/tokens"), _http, Remote, time),
            _ => throw CatalogErrors.BadOption.Error("Only one of credential, token and sigv4 can be given.", hint: "Keep the one that the catalog asks for."),
        };
    }

    /// <summary>Address of the catalog, without a slash at its end.</summary>
    public string Base { get; private set; }

    public string Remote => $"iceberg:{new Uri(Base).Authority}";

    /// <summary>
    /// Goes on at the address that the server names for itself. It has to be one of the same host: credentials are for the one that the user
    /// has named.
    /// </summary>
    public void MoveTo(string uri)
    {
        if (Uri.TryCreate(uri, UriKind.Absolute, out Uri? address) && address.GetLeftPart(UriPartial.Authority) == new Uri(Base).GetLeftPart(UriPartial.Authority))
        {
            Base = Trimmed(uri);
        }
    }

    /// <summary>Sends a request; what the answer says is for the caller to judge.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">What follows the address of the catalog, escaped.</param>
    /// <param name="body">Writes the body; null for none.</param>
    /// <param name="repeats">Whether the request may be sent again when it may have taken effect.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async ValueTask<RestAnswer> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, bool repeats, CancellationToken cancellation)
    {
        byte[] content = body is null ? [] : JsonDocuments.WriteBytes(body);
        for (bool isRenewed = false; ; isRenewed = true)
        {
            HttpRequestMessage? last = null;
            try
            {
                using HttpResponseMessage response = await _http.SendAsync(async () => last = await MakeAsync(method, path, content, cancellation).ConfigureAwait(false), cancellation, repeats).ConfigureAwait(false);

                // 419 is what the specification has for a token that ended.
                if (!isRenewed && (int)response.StatusCode is 401 or 419 && await _auth.RenewAsync(last!, cancellation).ConfigureAwait(false))
                {
                    continue;
                }

                byte[] answer = method == HttpMethod.Head ? [] : await RestAnswer.ReadAsync(response, MetadataFile.MaxBytes, new Uri(Base).Authority, cancellation).ConfigureAwait(false);
                return new RestAnswer((int)response.StatusCode, answer, response.Headers.RetryAfter?.Delta);
            }
            catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation))
            {
                return new RestAnswer(0, System.Text.Encoding.UTF8.GetBytes(e is OperationCanceledException ? $"No answer within {_options.Timeout.TotalSeconds:0} s" : RestAnswer.Innermost(e)), null);
            }
        }
    }

    /// <summary>The answer as JSON, or an error that says what was refused.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="what">What was asked for, as the end of "The catalog … refused to …".</param>
    public MetadataNode Require(RestAnswer answer, string what)
        => answer.IsSuccess ? JsonOf(answer) : throw Explain(answer, what);

    /// <summary>A value of an answer; one that is not as the protocol asks is an error of its own.</summary>
    public T Read<T>(RestAnswer answer, string what, Func<MetadataNode, T> read)
    {
        MetadataNode body = Require(answer, what);
        try
        {
            return read(body);
        }
        catch (MillraceException e) when (e.Code == IcebergErrors.BadMetadata)
        {
            throw CatalogErrors.BadAnswer.Error($"The answer of {Base} is not that of an Iceberg catalog that is asked to {what}.", inner: e);
        }
    }

    public MillraceException Explain(RestAnswer answer, string what) => answer.Status switch
    {
        0 or 408 or 429 or >= 500 => CatalogErrors.Down(Base, Remote, answer.Status == 0 ? answer.Said : $"{answer.Status} {answer.Said}", answer.RetryAfter),
        401 or 419 => Of(CatalogErrors.Unauthorized, answer, what),
        403 => Of(CatalogErrors.Forbidden, answer, what),
        _ => Of(CatalogErrors.Refused, answer, what),
    };

    public void Dispose()
    {
        (_auth as IDisposable)?.Dispose();
        _http.Dispose();
    }

    private MillraceException Of(ErrorCode code, RestAnswer answer, string what)
        => new(code, $"The catalog at {Base} refused to {what}: {answer.Status} {answer.Said}") { Remote = Remote };

    private MetadataNode JsonOf(RestAnswer answer)
    {
        try
        {
            return answer.Body.Length == 0 ? JsonDocuments.Parse("{}"u8.ToArray(), Base) : JsonDocuments.Parse(answer.Body, Base);
        }
        catch (MillraceException e)
        {
            throw CatalogErrors.BadAnswer.Error($"The answer of the catalog at {Base} is no JSON: {RestAnswer.Shown(System.Text.Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(200, answer.Body.Length))))}", inner: e);
        }
    }

    private async ValueTask<HttpRequestMessage> MakeAsync(HttpMethod method, string path, byte[] content, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, new Uri($"{Base}/v1/{path}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_options.VendedCredentials)
        {
            request.Headers.Add("X-Iceberg-Access-Delegation", "vended-credentials");
        }

        foreach ((string name, string value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (content.Length > 0)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        await _auth.SignAsync(request, content, cancellation).ConfigureAwait(false);
        return request;
    }

    private static string Trimmed(string uri) => uri.TrimEnd('/') is var plain && plain.EndsWith("/v1", StringComparison.Ordinal) ? plain[..^3] : plain;

    private static string AddressOf(string text, string option)
        => Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? text
            : throw CatalogErrors.BadOption.Error($"The {option} of the catalog is no address of a server.", hint: "Write it as https://catalog.example.org/path; a user and a query do not belong into it.");
}
