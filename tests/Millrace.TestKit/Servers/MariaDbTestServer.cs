using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Millrace.TestKit;

/// <summary>A MariaDB server with a binary log in row format. Its client library has to be installed as well.</summary>
public sealed class MariaDbTestServer : DatabaseTestServer
{
    private const string LogFileSize = "--innodb-log-file-size=32M";

    private static readonly Lazy<MariaDbTestServer> Started = new(() => new MariaDbTestServer());
    private static readonly Lazy<string> Empty = new(MakeEmpty);
    private static readonly string[] AsServer = Environment.IsPrivilegedProcess ? ["--user=mysql"] : [];

    private readonly int _number;
    private readonly bool _logsOthers;
    private Process _process;

    private MariaDbTestServer(bool hasTls = false, int number = 1, bool logsOthers = true)
        : base("mariadb", "mysql")
    {
        _number = number;
        _logsOthers = logsOthers;
        Run("cp", "-a", Empty.Value, Data);
        if (hasTls)
        {
            MakeCertificate();
        }

        _process = Launch(Command);
        WaitUntilReady("root");
        Run([.. Client("root"), "-e", $"SET sql_log_bin = 0; CREATE USER '{User}'@'127.0.0.1'; GRANT ALL ON *.* TO '{User}'@'127.0.0.1' WITH GRANT OPTION"]);
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? SkipReason { get; } = Find("mariadbd", "mysqld") is null || Find("mariadb-install-db", "mysql_install_db") is null ? "MariaDB is not installed (Debian: mariadb-server)"
        : System.Runtime.InteropServices.NativeLibrary.TryLoad("libmariadb.so.3", out _) ? null : "MariaDB Connector/C is not installed (Debian: libmariadb3)";

    /// <summary>File of the certificate of a server that has one.</summary>
    public string Certificate => Path.Combine(Folder, "server.pem");

    private protected override string[] StopCommand => ["kill", "-KILL", _process.Id.ToString(CultureInfo.InvariantCulture)];

    // Nothing is synced: a server that is killed has written all the same, as long as the machine lives.
    private string[] Command =>
    [
        Find("mariadbd", "mysqld")!, "--no-defaults", .. AsServer, $"--datadir={Data}", $"--port={PortText}", "--bind-address=127.0.0.1", $"--socket={Path.Combine(Folder, "socket")}",
        $"--pid-file={Path.Combine(Folder, "pid")}", "--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL", $"--server-id={_number.ToString(CultureInfo.InvariantCulture)}", _logsOthers ? "--log-slave-updates" : "--skip-log-slave-updates", "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0",
        .. File.Exists(Certificate) ? (string[])[$"--ssl-cert={Certificate}", $"--ssl-key={Path.Combine(Folder, "key.pem")}"] : [],
        "--innodb-buffer-pool-size=64M", LogFileSize, "--max-connections=300", "--local-infile=1", "--skip-name-resolve", "--character-set-server=utf8mb4",
    ];

    /// <summary>The server, started at the first call of the process.</summary>
    public static MariaDbTestServer Demand()
    {
        Demand(SkipReason);
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for what would disturb them.</summary>
    public static MariaDbTestServer DemandOwn()
    {
        Demand(SkipReason);
        return new MariaDbTestServer();
    }

    /// <summary>A server that offers encryption, with a certificate for <c>localhost</c> that vouches for itself: <see cref="Certificate"/>.</summary>
    public static MariaDbTestServer DemandTls()
    {
        Demand(SkipReason);
        return new MariaDbTestServer(hasTls: true);
    }

    /// <summary>A server of its own that applies what another one logs.</summary>
    /// <param name="primary">The other one.</param>
    /// <param name="logs">Whether it logs that again.</param>
    public static MariaDbTestServer DemandReplicaOf(MariaDbTestServer primary, bool logs = true)
    {
        var replica = new MariaDbTestServer(number: primary._number + 1, logsOthers: logs);
        replica.Sql("mysql", string.Create(CultureInfo.InvariantCulture, $"CHANGE MASTER TO master_host = '127.0.0.1', master_port = {primary.Port}, master_user = '{User}', master_use_gtid = slave_pos, master_connect_retry = 1; START SLAVE"));
        return replica;
    }

    /// <summary>Waits until it has all that another server has logged.</summary>
    public void CatchUpWith(MariaDbTestServer primary)
    {
        string position = primary.Sql("mysql", "SELECT @@gtid_binlog_pos");
        if (Sql("mysql", $"SELECT MASTER_GTID_WAIT('{position}', 60)") != "0")
        {
            throw new InvalidOperationException($"The replica did not come to {position} within a minute.");
        }
    }

    /// <summary>It stops to follow another server, and takes writes of its own.</summary>
    public void Promote() => Sql("mysql", "STOP SLAVE; SET GLOBAL read_only = OFF");

    /// <summary>Ends the server as a crash would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public override void Restart()
    {
        Kill();
        _process = Launch(Command);
        WaitUntilReady(User);
    }

    public override string Location(string database) => string.Create(CultureInfo.InvariantCulture, $"mysql://{User}@127.0.0.1:{Port}/{database}");

    /// <summary>Runs SQL with the server's own client; NULL is printed as such.</summary>
    public override string Sql(string database, string sql)
        => Run([.. Client(User), "-D", database, "-e", sql]).TrimEnd('\n').Replace('\t', '|');

    private protected override void Create(string database, string options) => Sql("mysql", $"CREATE DATABASE {database} {(options.Length == 0 ? "CHARACTER SET utf8mb4" : options)}");

    // What every server begins with: to copy it is much faster than to make it.
    private static string MakeEmpty()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-mariadb-empty-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        string data = Path.Combine(folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "mysql", folder);
        }

        Run([Find("mariadb-install-db", "mysql_install_db")!, "--no-defaults", .. AsServer, $"--datadir={data}", LogFileSize, "--auth-root-authentication-method=normal", "--skip-test-db"]);
        return data;
    }

    private void MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Folder, "key.pem"), key.ExportRSAPrivateKeyPem());
    }

    private void WaitUntilReady(string user) => WaitUntilReady(_process, () => Run([.. Client(user), "-e", "SELECT 1"]));

    // Root may come by the socket only.
    private string[] Client(string user) =>
    [
        Find("mariadb", "mysql")!, "--no-defaults", "-N", "-B", "--default-character-set=utf8mb4", "-u", user,
        .. user == "root" ? (string[])["-S", Path.Combine(Folder, "socket")] : ["-h", "127.0.0.1", "-P", PortText],
    ];

    private static string? Find(params string[] names)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
        return names.SelectMany(n => folders.Select(f => Path.Combine(f, n))).FirstOrDefault(File.Exists);
    }
}
