using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>How the program ended.</summary>
internal sealed record MillraceResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The documents that <c>--json</c> printed, one a line.</summary>
    public IReadOnlyList<JsonNode> Json => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}

/// <summary>Runs the built program as a user does, in a folder of its own.</summary>
internal sealed partial class MillraceProcess(string folder)
{
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private const int SigInt = 2;

    // MILLRACE_TEST_PROGRAM names the one with images made ahead of time, which starts in a third of the time.
    internal static string Program { get; } = System.Environment.GetEnvironmentVariable("MILLRACE_TEST_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "millrace");

    /// <summary>How long a run may take; longer ones count as hanging.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Variables beside those of the tests themselves.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What Ctrl-C does.</summary>
    public static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, SigInt));

    /// <summary>Stops a process where it stands, or lets it go on.</summary>
    public static void Signal(Process process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    public async Task<MillraceResult> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"millrace {string.Join(' ', arguments)} did not end within {Patience}.");
        }

        return new MillraceResult(process.ExitCode, await output, await errors);
    }

    /// <summary>
    /// Starts the program and leaves it running until the caller disposes it. A test that fails before leaves nothing behind: a stopped
    /// run with an open transaction would hold up every later test on the same server.
    /// </summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        Process process = new OwnedProcess { StartInfo = start };
        process.Start();
        process.StandardInput.Close();
        return process;
    }

    private sealed class OwnedProcess : Process
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing && !HasExited)
            {
                Kill(entireProcessTree: true);
                WaitForExit();
            }

            base.Dispose(disposing);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
