using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>How a catalog that speaks Iceberg's REST protocol is reached: Polaris, Lakekeeper, Gravitino, Unity Catalog, Nessie, S3 Tables and others.</summary>
public sealed record RestCatalogOptions
{
    [Description("Address of the catalog, without the /v1 of its requests.")]
    [OptionExample("https://catalog.example.org/api/catalog")]
    public required string Uri { get; init; }

    [Description("Warehouse: what the server calls the set of tables that is meant, where it has several.")]
    [OptionExample("lake")]
    public string? Warehouse { get; init; }

    [Description("What stands before the names of tables in the addresses of requests. Default: what the server says.")]
    public string? Prefix { get; init; }

    [Description("Client id and secret, with a colon between, for which a token is fetched (OAuth2 client credentials).")]
    [OptionExample("${CATALOG_CREDENTIAL}")]
    public string? Credential { get; init; }

    [Description("Token that requests carry. With oauth2_server_uri it is exchanged for a new one when it ends.")]
    [OptionExample("${CATALOG_TOKEN}")]
    public string? Token { get; init; }

    [Description("Address that gives out tokens. Default: v1/oauth/tokens of the catalog, which newer servers do not have.")]
    [OptionExample("https://login.example.org/realms/lake/protocol/openid-connect/token")]
    public string? Oauth2ServerUri { get; init; }

    [Description("Scope that is asked for with a token.")]
    public string Scope { get; init; } = "catalog";

    [Description("Audience that is asked for with a token.")]
    public string? Audience { get; init; }

    [Description("Resource that is asked for with a token.")]
    public string? Resource { get; init; }

    [Description("Signs requests as Amazon asks, for Glue's and S3 Tables' REST catalogs.")]
    [OptionExample("{region: eu-central-1, service: s3tables}")]
    public RestSigning? Sigv4 { get; init; }

    [Description("More headers of every request.")]
    [OptionExample("{X-Tenant: shop}")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [Description("Whether the catalog is asked to lend credentials for the files of a table, which are renewed before they end. Credentials of the groups s3, azure and gcs win.")]
    public bool VendedCredentials { get; init; } = true;

    [Description("How often a request that failed for the moment is tried again, with growing pauses of random length.")]
    [Range(0, 100)]
    public int Retries { get; init; } = 5;

    [Description("How long one request may take.")]
    [OptionExample("2m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"{Uri} {Warehouse} {Prefix}";
}

/// <summary>Who signs requests to a catalog of Amazon's.</summary>
public sealed record RestSigning : AwsAccess
{
    [Description("Name under which requests are signed: s3tables, glue, execute-api.")]
    public string Service { get; init; } = "glue";
}
