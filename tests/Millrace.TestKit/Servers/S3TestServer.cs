using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Millrace.TestKit;

/// <summary>
/// An S3 server in memory, <c>tests/oracles/s3.mjs</c>: with conditions of writes, signatures that are checked, small pages and
/// faults on demand. One for the whole test run, or one of a test's own.
/// </summary>
public sealed class S3TestServer
{
    public const string AccessKey = "MILLRACE";
    public const string Secret = "millrace-secret";

    private static readonly Lazy<S3TestServer> Started = new(() => new S3TestServer());
    private static readonly HttpClient Http = new();
    private static int _buckets;

    private readonly NodeServer _server;

    // Few keys a page, so that listings of some dozens have several.
    private S3TestServer() => _server = NodeServer.Demand("s3.mjs", "16");

    /// <summary>Address of the endpoint.</summary>
    public string Endpoint => _server.Address;

    /// <summary>The server that tests share.</summary>
    public static S3TestServer Demand()
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for faults.</summary>
    public static S3TestServer DemandOwn()
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return new S3TestServer();
    }

    /// <summary>A new, empty bucket; its name.</summary>
    public async Task<string> NewBucketAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"bucket-{Interlocked.Increment(ref _buckets)}");
        await ControlAsync($"buckets/{name}", new { });
        return name;
    }

    /// <summary>An address within a bucket, with all that is needed to reach it.</summary>
    public string Url(string bucket, string path = "") => $"s3://{bucket}/{path}?endpoint={Endpoint}&access_key_id={AccessKey}&secret_access_key={Secret}";

    /// <summary>
    /// Lets requests fail whose <c>METHOD path?query</c> contains a text: <c>error</c> with a status and code, <c>cut</c> in the
    /// middle of the answer, <c>lost</c> after they took effect.
    /// </summary>
    /// <param name="match">The text.</param>
    /// <param name="kind">How.</param>
    /// <param name="count">Requests that fail.</param>
    /// <param name="status">Status of an error.</param>
    /// <param name="code">Its code.</param>
    /// <param name="also">A second text that they contain.</param>
    public Task FailAsync(string match, string kind, int count = 1, int status = 0, string code = "", string also = "")
        => ControlAsync("faults", new { match, kind, count, status, code, message = code, also });

    /// <summary>Adds or changes an access key.</summary>
    public Task SetKeyAsync(string id, string secret, string? token = null, bool expired = false, bool denied = false) => ControlAsync("keys", new { id, secret, token, expired, denied });

    /// <summary>Sets the server's clock wrong.</summary>
    public Task SetClockAsync(int seconds) => ControlAsync("clock", new { seconds });

    /// <summary>Whether the server heeds the conditions of writes.</summary>
    public Task SetConditionsAsync(bool conditions) => ControlAsync("options", new { conditions });

    /// <summary>Uploads that are not finished, as <c>bucket/key</c>.</summary>
    public async Task<string[]> UploadsAsync() => (await Http.GetFromJsonAsync<string[]>($"{Endpoint}/-/uploads"))!;

    /// <summary>Metadata and encryption of an object, as headers.</summary>
    public async Task<JsonElement> MetadataAsync(string bucket, string key) => await Http.GetFromJsonAsync<JsonElement>($"{Endpoint}/-/metadata/{bucket}/{key}");

    private async Task ControlAsync(string path, object what)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync($"{Endpoint}/-/{path}", what);
        response.EnsureSuccessStatusCode();
    }
}
