using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace Millrace.Storage;

/// <summary>
/// Signs requests to services of Amazon, or of others that ask for the same (AWS documentation, "Signature Version 4 signing process").
/// Any thread may call.
/// </summary>
/// <param name="access">Who asks.</param>
/// <param name="service">Name under which the service is signed for, such as <c>glue</c>.</param>
/// <param name="time">Clock.</param>
public sealed class AwsSigner(AwsAccess access, string service, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private readonly Lazy<AWSCredentials> _credentials = new(() => access.Given ?? Amazon.Runtime.Credentials.DefaultAWSCredentialsIdentityResolver.GetCredentials());

    /// <summary>Region that is signed for.</summary>
    public string Region { get; } = access.RegionName;

    /// <summary>Adds date, token and signature; nothing of the request may change afterwards.</summary>
    /// <param name="request">The request, with its address and headers.</param>
    /// <param name="body">What it carries.</param>
    /// <param name="cancellation">Stops the search for credentials.</param>
    public async ValueTask SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        ImmutableCredentials credentials = await CredentialsAsync(request).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        string moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string payload = Hex(SHA256.HashData(body.Span));
        request.Headers.Remove("x-amz-date");
        request.Headers.Add("x-amz-date", moment);
        request.Headers.Add("x-amz-content-sha256", payload);
        if (credentials.UseToken)
        {
            request.Headers.Add("x-amz-security-token", credentials.Token);
        }

        Uri uri = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = uri.IsDefaultPort ? uri.Host : uri.Authority };
        foreach ((string name, IEnumerable<string> values) in request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()))
        {
            string lower = name.ToLowerInvariant();
            if (lower.StartsWith("x-amz-", StringComparison.Ordinal) || lower == "content-type")
            {
                headers[lower] = string.Join(',', values).Trim();
            }
        }

        string signed = string.Join(';', headers.Keys);
        string canonical = string.Join('\n', request.Method.Method, Path(uri), Query(uri), string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n")), signed, payload);
        string scope = $"{moment[..8]}/{Region}/{service}/aws4_request";
        string text = string.Join('\n', Algorithm, moment, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey);
        foreach (string part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        string signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("Authorization", $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={signed}, Signature={signature}");
    }

    private async ValueTask<ImmutableCredentials> CredentialsAsync(HttpRequestMessage request)
    {
        try
        {
            return await _credentials.Value.GetCredentialsAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            string host = request.RequestUri!.Authority;
            throw StorageErrors.NoCredentials.Error(
                $"No credentials for '{host}' were found: {RemoteText.Sentence(e.Message)}", ErrorPlace.InFile(host), "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the options access_key_id and secret_access_key.", e);
        }
    }

    // All services but S3 sign the path as it is sent, escaped once more.
    private static string Path(Uri uri) => string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string Query(Uri uri) => string.Join('&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(p => p.Contains('=', StringComparison.Ordinal) ? p : p + "=").Order(StringComparer.Ordinal));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
