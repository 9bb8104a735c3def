using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>An empty folder in a cloud that runs on this machine.</summary>
/// <param name="Folder">Its address, with a slash at the end.</param>
/// <param name="Options">How it is reached.</param>
/// <param name="Query">The same as the query of an address.</param>
public sealed record CloudPlace(string Folder, StoreOptions Options, string Query)
{
    /// <summary>The clouds there are, for theories.</summary>
    public static IReadOnlyList<string> Clouds { get; } = ["s3", "azure", "gcs"];

    public static async Task<CloudPlace> NewAsync(string cloud)
    {
        switch (cloud)
        {
            case "s3":
                S3TestServer server = S3TestServer.Demand();
                string bucket = await server.NewBucketAsync();
                return new CloudPlace(
                    $"s3://{bucket}/",
                    new StoreOptions { S3 = new S3Options { Endpoint = server.Endpoint, AccessKeyId = S3TestServer.AccessKey, SecretAccessKey = S3TestServer.Secret } },
                    $"endpoint={server.Endpoint}&access_key_id={S3TestServer.AccessKey}&secret_access_key={S3TestServer.Secret}");
            case "azure":
                string endpoint = AzuriteServer.Demand().Endpoint;
                return new CloudPlace(
                    $"az://{AzuriteServer.Container}/{AzuriteServer.NewFolder()}",
                    new StoreOptions { Azure = new AzureOptions { Endpoint = endpoint, AccountName = AzuriteServer.Account, AccountKey = AzuriteServer.Key } },
                    $"endpoint={endpoint}&account_name={AzuriteServer.Account}&account_key={Uri.EscapeDataString(AzuriteServer.Key)}");
            default:
                string address = GcsServer.Server.Address;
                return new CloudPlace($"gs://{GcsServer.Bucket}/{GcsServer.NewFolder()}", new StoreOptions { Gcs = new GcsOptions { Endpoint = address } }, $"endpoint={address}");
        }
    }

    /// <summary>An address in the folder, with all that is needed to reach it.</summary>
    public string Url(string path) => $"{Folder}{path}?{Query}";
}
