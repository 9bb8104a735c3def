using System.Globalization;
using System.Net.Http.Json;

namespace Millrace.TestKit;

/// <summary>
/// An Iceberg REST catalog in memory, <c>tests/oracles/iceberg-rest.mjs</c>, with faults on demand. Tests share it: each has a warehouse of
/// its own.
/// </summary>
public sealed class IcebergRestServer
{
    /// <summary>What fetches a token.</summary>
    public const string Credential = "loader:se:cret";

    private static readonly Lazy<IcebergRestServer> Started = new(() => new IcebergRestServer());
    private static readonly HttpClient Http = new();
    private static int _warehouses;

    private readonly string? _state;
    private NodeServer _server;

    private IcebergRestServer(string? state = null)
    {
        _state = state;
        _server = Launch(0);
        Address = _server.Address;
    }

    public string Address { get; }

    public static IcebergRestServer Demand()
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for tokens that end.</summary>
    public static IcebergRestServer DemandOwn()
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return new IcebergRestServer();
    }

    /// <summary>A server that may be killed and begun again.</summary>
    /// <param name="state">File that holds what it has done.</param>
    public static IcebergRestServer DemandLasting(string state)
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return new IcebergRestServer(state);
    }

    /// <summary>Ends the server as a crash would.</summary>
    public void Kill() => _server.Kill();

    /// <summary>Begins again at the same address, with what was done before.</summary>
    public void Start() => _server = Launch(new Uri(Address).Port);

    /// <summary>A new, empty warehouse; its name.</summary>
    /// <param name="root">Where its tables lie.</param>
    /// <param name="settings">What the script takes besides.</param>
    public async Task<string> NewWarehouseAsync(string root, object? settings = null)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"warehouse {Interlocked.Increment(ref _warehouses)}");
        await ControlAsync("warehouses", new { name, root });
        if (settings is not null)
        {
            await SetAsync(name, settings);
        }

        return name;
    }

    /// <summary>Changes a warehouse.</summary>
    public Task SetAsync(string warehouse, object settings)
    {
        var all = System.Text.Json.JsonSerializer.SerializeToNode(settings)!.AsObject();
        all["name"] = warehouse;
        return ControlAsync("warehouses", all);
    }

    /// <summary>
    /// Breaks the next requests whose <c>METHOD address</c> contains a text: <c>before</c> they take effect, or <c>after</c>, <c>cut</c> with
    /// no answer at all, by the <c>page</c> of a proxy, or with tokens that <c>expire</c> just then.
    /// </summary>
    /// <param name="match">The text.</param>
    /// <param name="kind">How.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="count">Requests that are broken.</param>
    /// <param name="retryAfter">Seconds to wait that the answer asks for.</param>
    /// <param name="skip">Requests with the text that go well before.</param>
    public Task FailAsync(string match, string kind, int status = 500, int count = 1, int retryAfter = 0, int skip = 0)
        => ControlAsync("faults", new { match, kind, status, count, retryAfter, skip });

    /// <summary>Faults that no request has met yet.</summary>
    public async Task<int> FaultsLeftAsync() => (await Http.GetFromJsonAsync<System.Text.Json.JsonElement[]>($"{Address}/-/faults"))!.Length;

    /// <summary>Ends all tokens.</summary>
    public Task ExpireTokensAsync() => ControlAsync("tokens", new { });

    /// <summary>The requests so far, as <c>METHOD address</c>.</summary>
    public async Task<string[]> LogAsync() => (await Http.GetFromJsonAsync<string[]>($"{Address}/-/log"))!;

    private NodeServer Launch(int port)
        => NodeServer.Demand("iceberg-rest.mjs", _state is null ? [] : [port.ToString(CultureInfo.InvariantCulture), _state]);

    private async Task ControlAsync(string what, object settings)
    {
        using HttpResponseMessage response = await Http.PostAsJsonAsync($"{Address}/-/{what}", settings);
        response.EnsureSuccessStatusCode();
    }
}
