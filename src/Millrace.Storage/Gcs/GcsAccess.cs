using Google.Apis.Auth.OAuth2;

namespace Millrace.Storage;

/// <summary>Where Google Cloud Storage is, and how requests prove who sends them.</summary>
internal sealed class GcsAccess
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_write";
    private const string PublicEndpoint = "https://storage.googleapis.com";

    private readonly GcsOptions _options;
    private readonly bool _isAnonymous;
    private readonly string _display;
    private readonly KeptCredentials? _renewed;
    private GoogleCredential? _credential;

    /// <param name="options">What was given.</param>
    /// <param name="display">Start of the addresses of objects, for messages.</param>
    /// <param name="renewed">Credentials that are given at run time; null for those of the options and the environment.</param>
    public GcsAccess(GcsOptions options, string display, KeptCredentials? renewed)
    {
        _display = display;
        _renewed = renewed;
        _options = options;
        string? emulator = Environment.GetEnvironmentVariable("STORAGE_EMULATOR_HOST") is { Length: > 0 } host ? host : null;
        string? endpoint = options.Endpoint ?? (emulator is null || emulator.Contains("://", StringComparison.Ordinal) ? emulator : $"http://{emulator}");
        _isAnonymous = options.Anonymous ?? (endpoint is not null && options.CredentialsFile is null && options.CredentialsSecret is null);
        Endpoint = (endpoint ?? PublicEndpoint).TrimEnd('/');
        if (!(Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            throw StorageErrors.BadUrl.Error($"The endpoint '{Endpoint}' is no address.", hint: "It begins with http:// or https://, such as http://localhost:4443.");
        }
    }

    /// <summary>Without a slash at its end.</summary>
    public string Endpoint { get; }

    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (_options.UserProject is { } project)
        {
            request.Headers.Add("x-goog-user-project", project);
        }

        if (_renewed is not null)
        {
            StoreCredentials given = await _renewed.GetAsync(cancellation).ConfigureAwait(false);
            string token = given.AccessToken ?? throw StorageErrors.NoCredentials.Error("The credentials that were given are none of Google's.", ErrorPlace.InFile(_display));
            request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        }
        else if (!_isAnonymous)
        {
            _credential ??= (await FindAsync(cancellation).ConfigureAwait(false)).CreateScoped(Scope);
            string token = await ((ITokenAccess)_credential).GetAccessTokenForRequestAsync(Endpoint, cancellation).ConfigureAwait(false);
            request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        }
    }

    private async ValueTask<GoogleCredential> FindAsync(CancellationToken cancellation)
    {
        try
        {
#pragma warning disable CS0618 // The file is the user's own, and may be of any kind.
            return _options.CredentialsSecret is { } content ? GoogleCredential.FromJson(content)
                : _options.CredentialsFile is { } file ? await GoogleCredential.FromFileAsync(file, cancellation).ConfigureAwait(false)
                : await GoogleCredential.GetApplicationDefaultAsync(cancellation).ConfigureAwait(false);
#pragma warning restore CS0618
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException or Newtonsoft.Json.JsonException)
        {
            throw StorageErrors.NoCredentials.Error(
                _options.CredentialsFile is { } file ? $"The credentials in '{file}' cannot be read." : "No credentials for Google Cloud Storage were found.",
                ErrorPlace.InFile(_display),
                "Set credentials_file or GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or run `gcloud auth application-default login`; `anonymous=true` for public buckets.",
                inner: _options.CredentialsSecret is null ? e : null);
        }
    }
}
