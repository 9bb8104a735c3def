using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.TestKit;

/// <summary>
/// A database server of the test run's own: made in a temporary folder, on a free port of this machine, and stopped at the end.
/// Where it is not installed the calling test is skipped with the reason, and fails with it where
/// <c>MILLRACE_REQUIRE_SERVERS=1</c> insists.
/// </summary>
public abstract class DatabaseTestServer
{
    public const string User = "millrace";

    private static int _databases;

    /// <param name="kind">Name of the folder.</param>
    /// <param name="user">User of the system who owns the files where the tests run as root, which the server refuses.</param>
    private protected DatabaseTestServer(string kind, string user)
    {
        // Outside the folder of the tests, which another user cannot enter.
        Folder = Directory.CreateTempSubdirectory($"millrace-{kind}-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", user, Folder);
        }

        Port = FreePort();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    private protected string Folder { get; }

    private protected string Data => Path.Combine(Folder, "data");

    private protected string PortText => Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>What ends the server at once.</summary>
    private protected abstract string[] StopCommand { get; }

    /// <summary>A location of a database, to which a query can be added.</summary>
    public abstract string Location(string database);

    /// <summary>Runs SQL with the server's own client, so that no code of ours has a part in it; what it prints, columns separated by <c>|</c>.</summary>
    public abstract string Sql(string database, string sql);

    /// <summary>Ends the server as a crash would, and starts it again.</summary>
    public abstract void Restart();

    /// <summary>A new, empty database; its name.</summary>
    /// <param name="options">What stands behind its name where it is made.</param>
    public string NewDatabase(string options = "")
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        Create(name, options);
        return name;
    }

    private protected abstract void Create(string database, string options);

    private protected static void Demand(string? reason) => NodeOracle.Demand(reason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");

    /// <summary>A process whose output is read and thrown away: with a full pipe it would stand still.</summary>
    private protected static Process Launch(params string[] command)
    {
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.OutputDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private protected static void WaitUntilReady(Process process, Action ask)
    {
        for (int i = 0; i < 600; i++)
        {
            try
            {
                ask();
                return;
            }
            catch (InvalidOperationException) when (!process.HasExited)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException("The server did not become ready within a minute.");
    }

    private protected static string Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {errors.Result}");
    }

    // Left to a shell that outlives this process: to remove the files of a hundred databases takes longer than a test run waits for its end.
    private void Stop()
    {
        try
        {
            Process.Start("sh", ["-c", "exec >/dev/null 2>&1; folder=$1; shift; \"$@\"; rm -rf -- \"$folder\"", "sh", Folder, .. StopCommand])?.Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The process ends; there is nobody to tell.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
