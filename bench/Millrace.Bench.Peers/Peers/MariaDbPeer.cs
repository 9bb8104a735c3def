using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Bench.Peers;

/// <summary>A MariaDB server of the benchmark's own, on a free port, and its client.</summary>
internal sealed class MariaDbPeer : IDisposable
{
    private const string User = "bench";
    private const string Database = "bench";
    private const int StartSeconds = 60;

    private static readonly string[] AsServer = Environment.IsPrivilegedProcess ? ["--user=mysql"] : [];

    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-bench-").FullName;
    private readonly int _port = FreePort();
    private readonly Process _server;

    public MariaDbPeer()
    {
        if (Environment.IsPrivilegedProcess)
        {
            ChildProcess.Run("chown", "mysql", _folder);
        }

        string data = Path.Combine(_folder, "data");
        string socket = Path.Combine(_folder, "socket");
        ChildProcess.Run(["mariadb-install-db", "--no-defaults", .. AsServer, $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        _server = Process.Start(
            "/bin/sh",
            [
                "-c", "exec \"$@\" >\"$0\" 2>&1", Path.Combine(_folder, "log"), "/usr/sbin/mariadbd", "--no-defaults", .. AsServer, $"--datadir={data}", $"--port={_port}", "--bind-address=127.0.0.1",
                $"--socket={socket}", $"--pid-file={Path.Combine(_folder, "pid")}", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M",
                "--local-infile=1", "--skip-name-resolve", "--character-set-server=utf8mb4",
            ]);
        var watch = Stopwatch.StartNew();
        while (!File.Exists(socket))
        {
            if (_server.HasExited || watch.Elapsed.TotalSeconds > StartSeconds)
            {
                throw new InvalidOperationException($"MariaDB did not start:\n{File.ReadAllText(Path.Combine(_folder, "log"))}");
            }

            Thread.Sleep(50);
        }

        ChildProcess.Run("mariadb", "--no-defaults", "-S", socket, "-u", "root", "-e", $"CREATE USER {User}@'127.0.0.1'; GRANT ALL ON *.* TO {User}@'127.0.0.1'; CREATE DATABASE {Database}");
    }

    /// <summary>A location of the program, to which a query can be added.</summary>
    public string Location => string.Create(CultureInfo.InvariantCulture, $"mysql://{User}@127.0.0.1:{_port}/{Database}");

    /// <summary>The client, which takes rows as they come; its output goes where <paramref name="output"/> says.</summary>
    public ChildRun Client(string sql, string output = "/dev/stdout")
        => ChildProcess.Run(
            "/bin/sh", "-c", "exec \"$@\" >\"$0\"", output, "mariadb", "--no-defaults", "--quick", "-N", "-B", "--local-infile=1", "--default-character-set=utf8mb4", "-h", "127.0.0.1", "-P", $"{_port}", "-u", User, "-D", Database, "-e", sql);

    public string Ask(string sql) => Client(sql).Output.Trim();

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
