using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// Other implementations of the formats, run by one node process for the whole test run: DuckDB, hyparquet, avsc,
/// parquet-wasm. Where node or its packages are missing the calling test is skipped with the reason, and fails with it where
/// <c>MILLRACE_REQUIRE_ORACLES=1</c> insists on them. Thread-safe.
/// </summary>
public static class NodeOracle
{
    private static readonly Lazy<Session> Shared = new(() => new Session());

    /// <summary>Why there is no oracle; null when there is one.</summary>
    public static string? SkipReason { get; } = FindSkipReason(Folder);

    /// <summary>Runs SQL in DuckDB. Integers of 64 bits, decimals, dates and times come as strings, bytes as <c>{"hex"}</c>.</summary>
    public static OracleTable DuckDb(string sql)
    {
        JsonNode result = Ask("duckdb", new JsonObject { ["sql"] = sql });
        return new OracleTable(
            [.. result["columns"]!.AsArray().Select(c => (string)c!)],
            [.. result["types"]!.AsArray().Select(c => (string)c!)],
            result["rows"]!.AsArray());
    }

    /// <summary>Asks for any operation of <c>tests/oracles/oracle.mjs</c>.</summary>
    public static JsonNode Ask(string operation, JsonObject arguments)
    {
        Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return Shared.Value.Ask(operation, arguments);
    }

    internal static string Folder
        => Environment.GetEnvironmentVariable("MILLRACE_ORACLES") ?? Path.Combine(GoldenFile.Root(), "tests", "oracles");

    /// <summary>Skips the test for a reason, or lets it fail.</summary>
    public static void Demand(string? reason, bool isRequired)
    {
        Assert.False(isRequired && reason is not null, reason);
        Assert.SkipWhen(reason is not null, reason ?? "");
    }

    /// <summary>What a folder of oracles lacks; null for nothing.</summary>
    public static string? FindSkipReason(string folder)
    {
        string list = Path.Combine(folder, "package.json");
        IEnumerable<string> packages = File.Exists(list) ? JsonNode.Parse(File.ReadAllText(list))!["dependencies"]!.AsObject().Select(p => p.Key) : ["@duckdb/node-api"];
        if (packages.FirstOrDefault(p => !Directory.Exists(Path.Combine(folder, "node_modules", p))) is { } lacking)
        {
            return $"the oracle {lacking} is not installed: run ./test once, or `npm install` in tests/oracles";
        }

        try
        {
            using Process? node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true });
            node?.WaitForExit();
            return node?.ExitCode == 0 ? null : "node does not run";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "node is not installed";
        }
    }

    private sealed class Session
    {
        private readonly Process _process;
        private readonly Lock _lock = new();
        private int _next;

        public Session()
        {
            _process = Process.Start(new ProcessStartInfo("node", "oracle.mjs")
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => _process.Kill();
        }

        public JsonNode Ask(string operation, JsonObject arguments)
        {
            lock (_lock)
            {
                int id = ++_next;
                arguments["id"] = id;
                arguments["op"] = operation;
                _process.StandardInput.WriteLine(arguments.ToJsonString());
                _process.StandardInput.Flush();
                string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The oracle process has ended.");
                JsonNode answer = JsonNode.Parse(line)!;
                Assert.Equal(id, (int)answer["id"]!);
                return answer["error"] is { } error
                    ? throw new OracleException($"{operation}: {error}")
                    : answer["result"]!.DeepClone();
            }
        }
    }
}

/// <summary>The oracle could not do what it was asked; for a file under test, that is a finding.</summary>
public sealed class OracleException(string message) : Exception(message);

/// <summary>A result of DuckDB.</summary>
/// <param name="Columns">Names.</param>
/// <param name="Types">DuckDB's names of the types.</param>
/// <param name="Rows">An array per row.</param>
public sealed record OracleTable(IReadOnlyList<string> Columns, IReadOnlyList<string> Types, JsonArray Rows)
{
    /// <summary>A cell as text; null for a null.</summary>
    public string? Text(int row, int column) => Rows[row]![column] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String => (string)value!,
        JsonNode other => other.ToJsonString(),
    };

    /// <summary>The only cell.</summary>
    public string? Scalar => Text(0, 0);
}
