using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Identity;

namespace Millrace.Storage;

/// <summary>An account of Azure Storage: where it is, and how requests prove who sends them.</summary>
internal sealed class AzureAccount
{
    private const string ApiVersion = "2021-12-02";
    private static readonly string[] Scopes = ["https://storage.azure.com/.default"];

    private readonly string _name;
    private readonly byte[]? _key;
    private readonly TokenCredential? _credential;
    private readonly string _sas;
    private readonly KeptCredentials? _renewed;

    private AzureAccount(string name, Uri endpoint, byte[]? key, string sas, TokenCredential? credential, KeptCredentials? renewed = null)
    {
        _name = name;
        Endpoint = endpoint;
        _key = key;
        _sas = sas;
        _renewed = renewed;
        _credential = credential;
    }

    /// <summary>Address of the Blob service, its slash at the end.</summary>
    public Uri Endpoint { get; }

    /// <summary>What is added to every query; empty for none.</summary>
    public async ValueTask<string> SasAsync(CancellationToken cancellation)
        => _renewed is null ? _sas
            : (await _renewed.GetAsync(cancellation).ConfigureAwait(false)).SasToken?.TrimStart('?') ?? throw StorageErrors.NoCredentials.Error("The credentials that were given are none of Azure's.");

    /// <summary>Whether requests carry no credentials.</summary>
    public bool IsAnonymous => _key is null && _credential is null && _renewed is null && _sas.Length == 0;

    /// <param name="options">What was given.</param>
    /// <param name="host">Host of an address such as <c>abfss://container@host/</c>; null when it names none.</param>
    /// <param name="renewed">Credentials that are given at run time; null for those of the options and the environment.</param>
    public static AzureAccount Open(AzureOptions options, string? host, KeptCredentials? renewed)
    {
        var parts = new AzureConnectionString(options.ConnectionString ?? (HasOwnAccess(options) ? null : Variable("AZURE_STORAGE_CONNECTION_STRING")));
        string? name = host?.Split('.')[0] ?? options.AccountName ?? parts["AccountName"] ?? Variable("AZURE_STORAGE_ACCOUNT_NAME") ?? Variable("AZURE_STORAGE_ACCOUNT");
        string? known = host ?? (name is null ? null : $"{name}.blob.core.windows.net");
        string? endpoint = options.Endpoint ?? parts.Endpoint ?? (known is null ? null : $"https://{known.Replace(".dfs.", ".blob.", StringComparison.Ordinal)}");
        if (endpoint is null || name is null)
        {
            throw StorageErrors.BadUrl.Error("The storage account is not named.", hint: "Write abfss://container@account.dfs.core.windows.net/path, or set account_name or AZURE_STORAGE_ACCOUNT_NAME.");
        }

        if (!(Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            throw StorageErrors.BadUrl.Error($"The endpoint '{endpoint}' is no address.", hint: "It begins with https://, such as https://account.blob.core.windows.net.");
        }

        if (renewed is not null)
        {
            return new AzureAccount(name, address, null, "", null, renewed);
        }

        if (options.Anonymous)
        {
            return new AzureAccount(name, address, null, "", null);
        }

        string? key = options.AccountKey ?? parts["AccountKey"];
        string? sas = options.SasToken ?? parts["SharedAccessSignature"];
        if (key is null && sas is null && options.ClientId is null)
        {
            (key, sas) = (Variable("AZURE_STORAGE_ACCOUNT_KEY") ?? Variable("AZURE_STORAGE_KEY"), Variable("AZURE_STORAGE_SAS_TOKEN"));
        }

        return sas is not null ? new AzureAccount(name, address, null, sas.TrimStart('?'), null)
            : key is not null ? new AzureAccount(name, address, BytesOf(key), "", null)
            : new AzureAccount(name, address, null, "", CredentialOf(options));
    }

    /// <summary>Adds to a request what every one needs, and what proves who sends it.</summary>
    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.Add("x-ms-date", TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        request.Headers.Add("x-ms-version", ApiVersion);
        if (_key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{_name}:{Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(Canonical(request))))}");
        }
        else if (_credential is { } credential)
        {
            AccessToken token = await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellation).ConfigureAwait(false);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
    }

    // "Authorize with Shared Key" in the REST reference.
    private string Canonical(HttpRequestMessage request)
    {
        string Header(string name) => request.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : "";
        long length = request.Content?.Headers.ContentLength ?? 0;
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append("\n\n\n");
        text.Append(length == 0 ? "" : length.ToString(CultureInfo.InvariantCulture)).Append("\n\n");
        text.Append(request.Content?.Headers.ContentType?.ToString() ?? "").Append("\n\n\n");
        text.Append(Header("If-Match")).Append('\n').Append(Header("If-None-Match")).Append("\n\n").Append(Header("Range")).Append('\n');
        foreach ((string name, IEnumerable<string> values) in request.Headers.Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            text.Append(name.ToLowerInvariant()).Append(':').AppendJoin(',', values).Append('\n');
        }

        text.Append('/').Append(_name).Append(request.RequestUri!.AbsolutePath);
        foreach (string[] pair in request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).OrderBy(p => p[0], StringComparer.Ordinal))
        {
            text.Append('\n').Append(pair[0].ToLowerInvariant()).Append(':').Append(Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : ""));
        }

        return text.ToString();
    }

    private static TokenCredential CredentialOf(AzureOptions options) => options switch
    {
        { TenantId: { } tenant, ClientId: { } client, ClientSecret: { } secret } => new ClientSecretCredential(tenant, client, secret, new ClientSecretCredentialOptions { DisableInstanceDiscovery = IsPrivateCloud }),
        { ClientSecret: not null } => throw StorageErrors.NoCredentials.Error("Of the application's credentials a part is missing.", hint: "Set tenant_id, client_id and client_secret."),
        _ => new DefaultAzureCredential(new DefaultAzureCredentialOptions
        {
            ManagedIdentityClientId = options.ClientId,
            ExcludeInteractiveBrowserCredential = true,
            DisableInstanceDiscovery = IsPrivateCloud,
        }),
    };

    // Microsoft's directory of authorities knows its own only.
    private static bool IsPrivateCloud => Variable("AZURE_AUTHORITY_HOST") is { } host && !host.Contains("microsoftonline", StringComparison.OrdinalIgnoreCase) && !host.Contains("chinacloudapi", StringComparison.OrdinalIgnoreCase);

    private static bool HasOwnAccess(AzureOptions options)
        => options.Anonymous || options.AccountName is not null || options.AccountKey is not null || options.SasToken is not null || options.ClientId is not null || options.Endpoint is not null;

    private static byte[] BytesOf(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out int count)
            ? bytes[..count]
            : throw StorageErrors.BadCredentials.Error("The account key is not in Base64, as keys of Azure are.", hint: "Copy it from the portal: account, Access keys.");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
