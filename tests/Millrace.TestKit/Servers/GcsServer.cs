using System.Globalization;
using System.Net.Http.Json;
using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>A server of Google Cloud Storage's interface in memory, <c>tests/oracles/gcs.mjs</c>, with one bucket.</summary>
public static class GcsServer
{
    public const string Bucket = "lake";

    private static readonly Lazy<NodeServer> Started = new(() => NodeServer.Demand("gcs.mjs", "16", Bucket));
    private static readonly HttpClient Http = new();
    private static int _folders;

    public static NodeServer Server
    {
        get
        {
            NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
            return Started.Value;
        }
    }

    /// <summary>A folder of the bucket that nobody else uses.</summary>
    public static string NewFolder() => string.Create(CultureInfo.InvariantCulture, $"folder-{Interlocked.Increment(ref _folders)}/");

    public static IObjectStore Open(string folder, GcsOptions? options = null, string bucket = Bucket)
        => ObjectStores.Open($"gs://{bucket}/{folder}", new StoreOptions { Gcs = (options ?? new GcsOptions()) with { Endpoint = Server.Address, PartSize = Sdk.ByteSize.MiB(1), Retries = 3 } }).Store;

    /// <summary>Lets requests fail whose <c>METHOD path?query</c> contains a text, or two.</summary>
    public static async Task FailAsync(string match, string kind, int count = 1, int status = 0, string also = "")
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync($"{Server.Address}/-/faults", new { match, kind, count, status, also });
        response.EnsureSuccessStatusCode();
    }
}
