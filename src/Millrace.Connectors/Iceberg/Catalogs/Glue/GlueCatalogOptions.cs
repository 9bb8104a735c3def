using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>The Data Catalog of AWS Glue. A namespace is a database there.</summary>
public sealed record GlueCatalogOptions : AwsAccess
{
    [Description("Account that owns the catalog. Default: that of the credentials.")]
    [OptionExample("123456789012")]
    public string? CatalogId { get; init; }

    [Description("Folder that new tables are made in, as warehouse/database.db/table, where their database has none of its own.")]
    [OptionExample("s3://bucket/warehouse")]
    public string? Warehouse { get; init; }

    [Description("Address of the service, for those that are not Amazon's own. Default: AWS_ENDPOINT_URL_GLUE, AWS_ENDPOINT_URL, else Amazon's.")]
    [OptionExample("http://localhost:4566")]
    public string? Endpoint { get; init; }

    [Description("How often a request that failed for the moment is tried again, with growing pauses of random length.")]
    [Range(0, 100)]
    public int Retries { get; init; } = 8;

    [Description("How long one request may take.")]
    [OptionExample("2m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"Glue {CatalogId} {Region} {Endpoint}";
}
