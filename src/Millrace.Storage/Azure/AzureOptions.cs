using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Storage;

/// <summary>How a container of Azure Blob Storage, or of Data Lake Storage, is reached.</summary>
public sealed record AzureOptions : CloudOptions
{
    [Description("Storage account. Default: that of the address, AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT.")]
    [OptionExample("mylake")]
    public string? AccountName { get; init; }

    [Description("Key of the account. Default: AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_KEY. Without a key and a token: an identity.")]
    [OptionExample("${AZURE_STORAGE_ACCOUNT_KEY}")]
    public string? AccountKey { get; init; }

    [Description("Shared access signature, the text behind the question mark. Default: AZURE_STORAGE_SAS_TOKEN.")]
    [OptionExample("${AZURE_STORAGE_SAS_TOKEN}")]
    public string? SasToken { get; init; }

    [Description("Connection string, as the portal shows it: account, key or signature and endpoint in one. Default: AZURE_STORAGE_CONNECTION_STRING.")]
    [OptionExample("${AZURE_STORAGE_CONNECTION_STRING}")]
    public string? ConnectionString { get; init; }

    [Description("Address of the Blob service, for emulators and other clouds than Azure's public one.")]
    [OptionExample("http://127.0.0.1:10000/devstoreaccount1")]
    public string? Endpoint { get; init; }

    [Description("Tenant of an application that signs in with client_id and client_secret. Without them: AZURE_TENANT_ID and its like, a workload or managed identity, the Azure CLI.")]
    public string? TenantId { get; init; }

    [Description("Id of the application, or of the managed identity to take where a machine has several.")]
    public string? ClientId { get; init; }

    [Description("Secret of the application.")]
    [OptionExample("${AZURE_CLIENT_SECRET}")]
    public string? ClientSecret { get; init; }

    [Description("Whether requests carry no credentials, for containers that anybody may read.")]
    public bool Anonymous { get; init; }

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"Azure account {AccountName ?? "of the address"}";
}
