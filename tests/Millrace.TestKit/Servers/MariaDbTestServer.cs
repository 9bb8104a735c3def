using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// A MariaDB server of the test run's own: made in a temporary folder, on a free port of this machine, with a binary log in row
/// format, and stopped at the end. Where MariaDB or its client library is not installed the calling test is skipped with the
/// reason, and fails with it where <c>MILLRACE_REQUIRE_SERVERS=1</c> insists.
/// </summary>
public sealed class MariaDbTestServer
{
    public const string User = "millrace";

    private static readonly Lazy<MariaDbTestServer> Started = new(() => new MariaDbTestServer());
    private static int _databases;

    private readonly string _folder;
    private Process _process;

    private MariaDbTestServer(bool hasTls = false)
    {
        _folder = Directory.CreateTempSubdirectory("millrace-mariadb-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "mysql", _folder);
        }

        string[] user = Environment.IsPrivilegedProcess ? ["--user=mysql"] : [];
        Run([Find("mariadb-install-db", "mysql_install_db")!, "--no-defaults", .. user, $"--datadir={Data}", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        if (hasTls)
        {
            MakeCertificate();
        }

        Port = FreePort();
        _process = Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        WaitUntilReady("root");
        Run([.. Client("root"), "-e", $"CREATE USER '{User}'@'127.0.0.1'; GRANT ALL ON *.* TO '{User}'@'127.0.0.1' WITH GRANT OPTION"]);
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? SkipReason { get; } = Find("mariadbd", "mysqld") is null || Find("mariadb-install-db", "mysql_install_db") is null ? "MariaDB is not installed (Debian: mariadb-server)"
        : System.Runtime.InteropServices.NativeLibrary.TryLoad("libmariadb.so.3", out _) ? null : "MariaDB Connector/C is not installed (Debian: libmariadb3)";

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The server, started at the first call of the process.</summary>
    public static MariaDbTestServer Demand()
    {
        NodeOracle.Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for what would disturb them.</summary>
    public static MariaDbTestServer DemandOwn()
    {
        NodeOracle.Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");
        return new MariaDbTestServer();
    }

    /// <summary>A server that offers encryption, with a certificate for <c>localhost</c> that vouches for itself: <see cref="Certificate"/>.</summary>
    public static MariaDbTestServer DemandTls()
    {
        NodeOracle.Demand(SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_SERVERS") == "1");
        return new MariaDbTestServer(hasTls: true);
    }

    /// <summary>File of the certificate of a server that has one.</summary>
    public string Certificate => Path.Combine(_folder, "server.pem");

    /// <summary>Ends the server as a crash would, and starts it again.</summary>
    public void Restart()
    {
        _process.Kill();
        _process.WaitForExit();
        _process = Start();
        WaitUntilReady(User);
    }

    /// <summary>A new, empty database; its name.</summary>
    public string NewDatabase()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        Sql("mysql", $"CREATE DATABASE {name} CHARACTER SET utf8mb4");
        return name;
    }

    /// <summary>A location of a database, to which a query can be added.</summary>
    public string Location(string database) => string.Create(CultureInfo.InvariantCulture, $"mysql://{User}@127.0.0.1:{Port}/{database}");

    /// <summary>Runs SQL with the server's own client, so that no code of ours has a part in it; what it prints, columns separated by <c>|</c>, NULL as such.</summary>
    public string Sql(string database, string sql)
        => Run([.. Client(User), "-D", database, "-e", sql]).TrimEnd('\n').Replace('\t', '|');

    // Nothing is synced: a server that is killed has written all the same, as long as the machine lives.
    private Process Start()
    {
        string[] user = Environment.IsPrivilegedProcess ? ["--user=mysql"] : [];
        string[] arguments =
        [
            "--no-defaults", .. user, $"--datadir={Data}", string.Create(CultureInfo.InvariantCulture, $"--port={Port}"), "--bind-address=127.0.0.1", $"--socket={Path.Combine(_folder, "socket")}",
            $"--pid-file={Path.Combine(_folder, "pid")}", "--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-image=FULL", "--server-id=1", "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0",
            .. File.Exists(Certificate) ? (string[])[$"--ssl-cert={Certificate}", $"--ssl-key={Path.Combine(_folder, "key.pem")}"] : [],
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", "--max-connections=300", "--local-infile=1", "--skip-name-resolve", "--character-set-server=utf8mb4",
        ];
        Process process = System.Diagnostics.Process.Start(new ProcessStartInfo(Find("mariadbd", "mysqld")!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private void MakeCertificate()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportRSAPrivateKeyPem());
    }

    private void Stop()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit();
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // The process ends; there is nobody to tell.
        }
    }

    private void WaitUntilReady(string user)
    {
        for (int i = 0; i < 600; i++)
        {
            try
            {
                Run([.. Client(user), "-e", "SELECT 1"]);
                return;
            }
            catch (InvalidOperationException) when (!_process.HasExited)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException("MariaDB did not become ready within a minute.");
    }

    // Root may come by the socket only.
    private string[] Client(string user) =>
    [
        Find("mariadb", "mysql")!, "--no-defaults", "-N", "-B", "--default-character-set=utf8mb4", "-u", user,
        .. user == "root" ? (string[])["-S", Path.Combine(_folder, "socket")] : ["-h", "127.0.0.1", "-P", Port.ToString(CultureInfo.InvariantCulture)],
    ];

    private static string? Find(params string[] names)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
        return names.SelectMany(n => folders.Select(f => Path.Combine(f, n))).FirstOrDefault(File.Exists);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Run(params string[] command)
    {
        using Process process = System.Diagnostics.Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {errors.Result}");
    }
}
