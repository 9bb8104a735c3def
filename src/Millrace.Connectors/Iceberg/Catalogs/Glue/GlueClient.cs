using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Calls operations of AWS Glue by its JSON protocol (AWS Glue Web API reference; AWS JSON 1.1). Any thread may call.</summary>
internal sealed class GlueClient : IDisposable
{
    private const int MaxAnswer = 16 << 20;

    private readonly GlueCatalogOptions _options;
    private readonly AwsSigner _signer;
    private readonly CloudHttp _http;
    private readonly Uri _endpoint;

    public GlueClient(GlueCatalogOptions options, TimeProvider time)
    {
        _options = options;
        _signer = new AwsSigner(options, "glue", time);
        _http = new CloudHttp(options.Retries, options.Timeout);
        string address = options.Endpoint ?? Variable("AWS_ENDPOINT_URL_GLUE") ?? Variable("AWS_ENDPOINT_URL")
            ?? $"https://glue.{_signer.Region}.amazonaws.com{(_signer.Region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";
        _endpoint = Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw CatalogErrors.BadOption.Error("The endpoint of Glue is no address of a server.", hint: "It begins with https://; leave it out for Amazon's own.");
    }

    public string Remote => $"iceberg:{_endpoint.Authority}";

    /// <summary>Calls an operation.</summary>
    /// <param name="operation">Its name, such as <c>GetTable</c>.</param>
    /// <param name="request">What it is asked; the account is added.</param>
    /// <param name="repeats">Whether it may be called again when it may have taken effect.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async ValueTask<GlueAnswer> CallAsync(string operation, JsonObject request, bool repeats, CancellationToken cancellation)
    {
        if (_options.CatalogId is { } account)
        {
            request["CatalogId"] = account;
        }

        byte[] body = System.Text.Encoding.UTF8.GetBytes(request.ToJsonString());
        for (int attempt = 0; ; attempt++)
        {
            RestAnswer answer = await SendAsync(operation, body, repeats, cancellation).ConfigureAwait(false);
            string error = answer.IsSuccess ? "" : ErrorOf(answer);
            if (error is "ThrottlingException" or "Throttling" or "TooManyRequestsException" && attempt < _options.Retries)
            {
                await RetryPause.WaitAsync(attempt, null, cancellation).ConfigureAwait(false);
                continue;
            }

            return answer.IsSuccess ? new GlueAnswer("", Parse(answer) ?? throw Garbled(operation)) : Judge(operation, answer, error);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<RestAnswer> SendAsync(string operation, byte[] body, bool repeats, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(async () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
                request.Headers.Add("X-Amz-Target", $"AWSGlue.{operation}");
                await _signer.SignAsync(request, body, cancellation).ConfigureAwait(false);
                return request;
            }, cancellation, repeats).ConfigureAwait(false);
            return new RestAnswer((int)response.StatusCode, await RestAnswer.ReadAsync(response, MaxAnswer, _endpoint.Authority, cancellation).ConfigureAwait(false), null);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation))
        {
            throw CatalogErrors.Down(_endpoint.AbsoluteUri, Remote, RestAnswer.Shown(RestAnswer.Innermost(e)), e);
        }
    }

    // What an operation may say that its caller decides on; all else is thrown.
    private GlueAnswer Judge(string operation, RestAnswer answer, string error)
    {
        string said = RestAnswer.Shown((string?)(Parse(answer)?["Message"] ?? Parse(answer)?["message"]) ?? "");
        return error switch
        {
            "EntityNotFoundException" or "AlreadyExistsException" or "ConcurrentModificationException" or "VersionMismatchException" or "IdempotentParameterMismatchException"
                => new GlueAnswer(error, []),
            "AccessDeniedException" => throw Of(CatalogErrors.Forbidden, operation, error, said, $"The credentials need glue:{operation} on the catalog, the database and the table, and the rights of Lake Formation where it is in use."),
            "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "InvalidClientTokenId" or "MissingAuthenticationToken" or "IncompleteSignature" or "SignatureDoesNotMatch"
                => throw Of(CatalogErrors.Unauthorized, operation, error, said, "Check access_key_id and secret_access_key or AWS_ACCESS_KEY_ID and its like, the region, and the clock of this machine."),
            _ when answer.Status is 408 or 429 or >= 500 || error.StartsWith("Throttling", StringComparison.Ordinal) || error is "OperationTimeoutException" or "InternalServiceException" or "TooManyRequestsException" or "ResourceNotReadyException"
                => throw CatalogErrors.Down(_endpoint.AbsoluteUri, Remote, $"{operation}: {error} {said}"),
            _ => throw Of(CatalogErrors.Refused, operation, error, said, "Check region, catalog_id and the name of the database: Glue takes lower-case letters, digits and underscores."),
        };
    }

    private MillraceException Of(ErrorCode code, string operation, string error, string said, string hint)
        => new(code, $"Glue at {_endpoint.Authority} refused {operation}: {error} {said}", null, hint) { Remote = Remote };

    private MillraceException Garbled(string operation) => CatalogErrors.BadAnswer.Error($"The answer of {_endpoint.Authority} to {operation} is no JSON.");

    private static string ErrorOf(RestAnswer answer)
        => (string?)Parse(answer)?["__type"] is { } type ? type[(type.LastIndexOf('#') + 1)..] : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{answer.Status}");

    private static JsonObject? Parse(RestAnswer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>What Glue answered.</summary>
/// <param name="Error">Name of the exception that is for the caller to judge; empty for none.</param>
/// <param name="Body">The answer; empty with an error.</param>
internal sealed record GlueAnswer(string Error, JsonObject Body);
