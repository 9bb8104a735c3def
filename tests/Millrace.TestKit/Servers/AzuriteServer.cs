using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Millrace.TestKit;

/// <summary>Microsoft's emulator of Azure Storage with one container, for the whole test run.</summary>
public sealed class AzuriteServer
{
    public const string Account = "devstoreaccount1";
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    public const string Container = "lake";

    private static readonly Lazy<AzuriteServer> Started = new(() => new AzuriteServer());
    private static int _folders;

    private readonly NodeServer _server = NodeServer.Demand("azurite.mjs", Container);

    private AzuriteServer()
    {
    }

    /// <summary>Address of the Blob service.</summary>
    public string Endpoint => $"{_server.Address}/{Account}";

    public static AzuriteServer Demand()
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return Started.Value;
    }

    /// <summary>A folder that nobody else uses, its slash at the end.</summary>
    public static string NewFolder() => string.Create(CultureInfo.InvariantCulture, $"folder-{Interlocked.Increment(ref _folders)}/");

    /// <summary>A signature for all blobs of the account.</summary>
    /// <param name="rights">Letters of the rights, such as <c>rwdlac</c>.</param>
    /// <param name="expires">When it ends.</param>
    public static string Sas(string rights, DateTimeOffset expires)
    {
        const string version = "2021-12-02";
        string until = expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string text = $"{Account}\n{rights}\nb\nsco\n\n{until}\n\n\n{version}\n\n";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        return $"sv={version}&ss=b&srt=sco&sp={rights}&se={Uri.EscapeDataString(until)}&sig={Uri.EscapeDataString(signature)}";
    }
}
