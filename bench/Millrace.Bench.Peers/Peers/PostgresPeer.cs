using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Bench.Peers;

/// <summary>A PostgreSQL server of the benchmark's own, on a free port, and its client psql.</summary>
internal sealed class PostgresPeer : IDisposable
{
    private const string User = "bench";

    private static readonly string Binaries = Directory.Exists("/usr/lib/postgresql")
        ? Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).First(), "bin")
        : throw new InvalidOperationException("PostgreSQL is not installed (Debian: postgresql).");

    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-bench-").FullName;
    private readonly int _port = FreePort();

    /// <param name="isLogical">Whether its log is to be read for changes.</param>
    public PostgresPeer(bool isLogical = false)
    {
        // The server refuses to be run by root.
        if (Environment.IsPrivilegedProcess)
        {
            ChildProcess.Run("chown", "postgres", _folder);
        }

        AsServer("initdb", "-D", Data, "-A", "trust", "-U", User, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        AsServer("pg_ctl", "start", "-w", "-s", "-D", Data, "-l", Path.Combine(_folder, "log"), "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_wal_size=8GB -c shared_buffers=512MB -c wal_level={(isLogical ? "logical" : "replica")}");
    }

    /// <summary>A location of the program, to which a query can be added.</summary>
    public string Location => string.Create(CultureInfo.InvariantCulture, $"postgres://{User}@127.0.0.1:{_port}/postgres");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>psql, to be run with a statement or command; its output goes where <paramref name="output"/> says.</summary>
    public ChildRun Psql(string sql, string output = "/dev/stdout")
        => ChildProcess.Run("/bin/sh", "-c", "exec \"$@\" >\"$0\"", output, Path.Combine(Binaries, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-d", "postgres", "-c", sql);

    /// <summary>pg_recvlogical: takes what a slot has up to a place in the log, and forgets it.</summary>
    public ChildRun Receive(string slot, string publication, string end)
        => ChildProcess.Run(Path.Combine(Binaries, "pg_recvlogical"), "-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-d", "postgres", "-S", slot, "--start", "-E", end, "--no-loop", "-o", "proto_version=1", "-o", $"publication_names={publication}", "-f", "/dev/null");

    public string Ask(string sql) => Psql(sql).Output.Trim();

    public void Dispose()
    {
        AsServer("pg_ctl", "stop", "-s", "-m", "immediate", "-D", Data);
        Directory.Delete(_folder, recursive: true);
    }

    private static void AsServer(string program, params string[] arguments)
        => ChildProcess.Run([.. Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : Array.Empty<string>(), Path.Combine(Binaries, program), .. arguments]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
