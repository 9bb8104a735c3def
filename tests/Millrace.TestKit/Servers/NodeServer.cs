using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// A server that node runs for the tests, from a script in <c>tests/oracles</c> or a package installed there. It says
/// <c>ready PORT</c> when it listens, and ends with this process.
/// </summary>
public sealed class NodeServer
{
    private readonly Process _process;

    private NodeServer(string script, string[] arguments)
    {
        Process process = _process = Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = NodeOracle.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(process);
        string? line;
        do
        {
            line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The server {script} has ended.");
        }
        while (!line.StartsWith("ready ", StringComparison.Ordinal));

        Ports = [.. line["ready ".Length..].Split(' ').Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        _ = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Ports on 127.0.0.1; most servers have one.</summary>
    public IReadOnlyList<int> Ports { get; }

    public int Port => Ports[0];

    /// <summary>Address without a slash at its end.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <summary>Starts a server, or skips the calling test where node or the packages are missing.</summary>
    /// <param name="script">File in <c>tests/oracles</c>.</param>
    /// <param name="arguments">What the script is told.</param>
    public static NodeServer Demand(string script, params string[] arguments)
    {
        NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");
        return new NodeServer(script, arguments);
    }

    /// <summary>Ends the server as a crash would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    // At the end of its input a server removes what it has on disk.
    private static void Stop(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(3)))
        {
            process.Kill();
        }
    }
}
