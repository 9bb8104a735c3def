using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// A PostgreSQL server of the test run's own: made in a temporary folder, on a free port of this machine, with logical
/// replication, and stopped at the end. Where PostgreSQL is not installed the calling test is skipped with the reason, and fails
/// with it where <c>MILLRACE_REQUIRE_SERVERS=1</c> insists.
/// </summary>
public sealed class PostgresTestServer
{
    public const string User = "millrace";

    private static readonly Lazy<PostgresTestServer> Started = new(() => new PostgresTestServer());
    private static int _databases;

    private readonly string _folder;
    private readonly Process _process;

    private PostgresTestServer()
    {
        // Outside the folder of the tests, which another user cannot enter.
        _folder = Directory.CreateTempSubdirectory("millrace-postgres-").FullName;
        string data = Path.Combine(_folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", ServerUser, _folder);
        }

        Run([.. AsServer(Binary("initdb")), "-D", data, "-A", "trust", "-U", User, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        Port = FreePort();
        string[] command = [.. AsServer(Binary("postgres")), "-D", data, .. Settings()];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };

        // A server whose output nobody takes stands still when the pipe is full.
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        WaitUntilReady();
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? SkipReason { get; } = FindBinaries() is null ? "PostgreSQL is not installed (Debian: postgresql)" : null;

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    private static string ServerUser => "postgres";

    /// <summary>The server, started at the first call of the process.</summary>
    public static PostgresTestServer Demand()
    {
        NodeOracle.Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for what would disturb them.</summary>
    public static PostgresTestServer DemandOwn()
    {
        NodeOracle.Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");
        return new PostgresTestServer();
    }

    /// <summary>Ends the server as a crash would, and starts it again.</summary>
    public void Restart()
    {
        Run([.. AsServer(Binary("pg_ctl")), "restart", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "-s", "-l", Path.Combine(_folder, "log")]);
        WaitUntilReady();
    }

    /// <summary>Starts the server anew with other settings, until the next restart.</summary>
    public void RestartWith(params string[] settings)
    {
        string options = string.Join(' ', Settings(settings));
        Run([.. AsServer(Binary("pg_ctl")), "restart", "-D", Path.Combine(_folder, "data"), "-m", "fast", "-w", "-s", "-l", Path.Combine(_folder, "log"), "-o", options]);
        WaitUntilReady();
    }

    /// <summary>Demands passwords of everybody but the user of the tests.</summary>
    public void DemandPasswords()
    {
        File.WriteAllText(Path.Combine(_folder, "data", "pg_hba.conf"), $"host all {User} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        Sql("postgres", "SELECT pg_reload_conf()");
    }

    /// <summary>A new, empty database; its name.</summary>
    public string NewDatabase()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        Sql("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>A location of a database, to which a query can be added.</summary>
    public string Location(string database) => string.Create(CultureInfo.InvariantCulture, $"postgres://{User}@127.0.0.1:{Port}/{database}");

    /// <summary>Runs SQL with psql, so that no code of ours has a part in it; what it prints, columns separated by <c>|</c>.</summary>
    public string Sql(string database, string sql)
        => Run(Binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", database, "-c", sql).TrimEnd('\n');

    // Left to a shell that outlives this process: to remove the files of a hundred databases takes longer than a test run waits for its end.
    private void Stop()
    {
        try
        {
            string[] stop = [.. AsServer(Binary("pg_ctl")), "stop", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-s"];
            Process.Start("sh", ["-c", "exec >/dev/null 2>&1; folder=$1; shift; \"$@\"; rm -rf -- \"$folder\"", "sh", _folder, .. stop])?.Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The process ends; there is nobody to tell.
        }
    }

    private void WaitUntilReady()
    {
        for (int i = 0; i < 600; i++)
        {
            try
            {
                Sql("postgres", "SELECT 1");
                return;
            }
            catch (InvalidOperationException) when (!_process.HasExited)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException("PostgreSQL did not become ready within a minute.");
    }

    // Of two values of one setting the later counts.
    private string[] Settings(params string[] others) =>
    [
        "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", _folder,
        "-c", "listen_addresses=127.0.0.1", "-c", "wal_level=logical", "-c", "fsync=off", "-c", "max_connections=200", "-c", "max_prepared_transactions=10",
        "-c", "max_wal_senders=40", "-c", "max_replication_slots=100", "-c", "logging_collector=off", .. others.SelectMany(o => new[] { "-c", o }),
    ];

    // The server refuses to be run by root.
    private static string[] AsServer(string program)
        => Environment.IsPrivilegedProcess ? ["runuser", "-u", ServerUser, "--", program] : [program];

    private static string Binary(string name) => Path.Combine(FindBinaries()!, name);

    private static string? FindBinaries()
    {
        IEnumerable<string> debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin"))
            : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return debian.Concat(path).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "psql")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {errors.Result}");
    }
}
