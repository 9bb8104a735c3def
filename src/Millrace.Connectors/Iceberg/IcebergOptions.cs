using System.ComponentModel;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which table: a folder, or a name in a catalog.</summary>
public abstract record IcebergOptions
{
    [Description("Folder of a table without a catalog, on disk or in a cloud (s3://bucket/lake/orders): it holds `metadata` and `data`.")]
    [OptionExample("lake/orders")]
    public string? Path { get; init; }

    [Description("The catalog that knows the table, with its options.")]
    [OptionExample("{type: rest, uri: \"https://catalog.example.org\", warehouse: lake}")]
    public OptionChoice<CatalogChoices>? Catalog { get; init; }

    [Description("Table in the catalog, behind its namespaces, with dots between; a part with a dot in it stands in double quotes.")]
    [OptionExample("raw.orders")]
    public string? Table { get; init; }

    [Description("How buckets of S3 are reached. What is left out a catalog may give.")]
    public S3Options? S3 { get; init; }

    [Description("How containers of Azure are reached. What is left out a catalog may give.")]
    public AzureOptions? Azure { get; init; }

    [Description("How buckets of Google Cloud Storage are reached. What is left out a catalog may give.")]
    public GcsOptions? Gcs { get; init; }

    internal StoreOptions Stores => new() { S3 = S3, Azure = Azure, Gcs = Gcs };
}
